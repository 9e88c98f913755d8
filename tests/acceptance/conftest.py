"""Scenarios: every YAML file of this folder is a test."""
