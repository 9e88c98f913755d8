"""Rules: pure functions of facts and policy; no I/O, no clock, no chance."""
