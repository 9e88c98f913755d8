"""Invented agencies, caseworkers and participants: clients of the public API and topics, and of nothing else."""
