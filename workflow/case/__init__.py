"""The case: a frozen value folded from its events. The lowest room of the workflow."""
