"""Imported before anything else of ours: where Amends cannot run, one plain line is better than a missing module."""

import sys

UNKNOWN = {"win32": "Amends does not run on Windows itself. Install WSL (`wsl --install`) and run it in there."}


def refusal(platform: str) -> str | None:
    """Return the line for a platform on which Amends cannot run, or None."""
    return UNKNOWN.get(platform)


if line := refusal(sys.platform):
    sys.stderr.write(f"amends: {line}\n")
    sys.exit(2)
