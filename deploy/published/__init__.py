"""What is published of the contracts: documents made from the models and tables, never edited by hand."""
