"""The local stack: PostgreSQL and brokers as plain processes, without containers."""
