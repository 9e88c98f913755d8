"""Imported before anything else of ours: where Amends cannot run, or is stopped while it loads, one line is enough."""

import sys
from types import TracebackType

UNKNOWN = {"win32": "Amends does not run on Windows itself. Install WSL (`wsl --install`) and run it in there."}


def refusal(platform: str) -> str | None:
    """Return the line for a platform on which Amends cannot run, or None."""
    return UNKNOWN.get(platform)


def quiet_about_ctrl_c(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    """Say of a Ctrl-C that came before any command was there to hear it no more than that; tell the rest as ever."""
    if issubclass(kind, KeyboardInterrupt):
        sys.stderr.write("\nStopped.\n")
        return
    sys.__excepthook__(kind, error, trace)


if line := refusal(sys.platform):
    sys.stderr.write(f"amends: {line}\n")
    sys.exit(2)
sys.excepthook = quiet_about_ctrl_c
