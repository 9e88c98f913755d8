"""The demo: real parts, invented people, and a clock that moves only when the system is quiet."""
