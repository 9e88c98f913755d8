"""Schemes: dated policy as data, and the models that read it."""
