"""How a patch takes hold of the product: it fails where what it replaces is no longer there."""

from workflow.store import statements

# Long enough for a kill to fall into.
WINDOW_S = 0.4


class NotThereError(Exception):
    """A patch names what the product no longer has: its control would run with the mechanism still on."""


def replaced(owner, name, new):
    """Put something else under a name of the product."""
    if not hasattr(owner, name):
        raise NotThereError(f"{owner.__name__}.{name}")
    setattr(owner, name, new)


def rewritten(statement, old, new):
    """Put other words into a statement of the hot path."""
    text = getattr(statements, statement)
    if old not in text:
        raise NotThereError(f"{statement}: {old}")
    setattr(statements, statement, text.replace(old, new))
