"""Shipped data of the demo; PROVENANCE.md says where each file comes from."""
