"""The stack: database, broker, worker and portal put together, watched over and stopped in order."""
