"""AMENDS_HOME: where the local stack keeps its data, logs, process files and secrets."""

import os
import re
import secrets
from pathlib import Path

from deploy.local.errors import LocalStackError

DEFAULT_HOME = Path(".amends")
PRIVATE_FOLDER = 0o700
PRIVATE_FILE = 0o600


class Home:
    """The folder of one local stack, closed to other users."""

    def __init__(self, path: Path = DEFAULT_HOME) -> None:
        self.path = path.absolute()
        self.postgres = self.path / "postgres"
        self.kafka = self.path / "kafka"
        self.logs = self.path / "logs"
        self.run = self.path / "run"
        self.secrets = self.path / "secrets"

    def ensure(self) -> None:
        """Make the folders that are missing; may be called again."""
        try:
            for folder in (self.path, self.logs, self.run, self.secrets):
                folder.mkdir(mode=PRIVATE_FOLDER, parents=True, exist_ok=True)
        except OSError as error:
            raise LocalStackError(
                f"The folder {self.path} cannot be made ({error.strerror}). Set AMENDS_HOME to a folder you may write."
            ) from error

    def log(self, part: str) -> Path:
        """The log file of one part."""
        return self.logs / f"{part}.log"

    def secret(self, name: str, nbytes: int = 32) -> bytes:
        """The random bytes kept under this name, drawn the first time they are asked for."""
        return bytes.fromhex(self.secret_text(name, nbytes))

    def secret_text(self, name: str, nbytes: int = 32) -> str:
        """The same secret as lower-case hexadecimal text: a password."""
        if not re.fullmatch(r"[a-z0-9][a-z0-9_.-]*", name):
            raise ValueError(f"{name!r} is no name for a secret")
        self.ensure()
        path = self.secrets / name
        _create_once(path, secrets.token_hex(nbytes))
        text = path.read_text(encoding="ascii").strip()
        if len(text) != 2 * nbytes:
            raise LocalStackError(f"The secret in {path} is not {nbytes} bytes long. Restore the file from a backup.")
        return text


def _create_once(path: Path, text: str) -> None:
    """Write the file whole or not at all; the first writer wins, and a crash leaves no half secret."""
    if path.exists():
        return
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    write_private(draft, text)
    try:
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        draft.unlink()


def write_private(path: Path, text: str) -> None:
    """Write a new file that only its owner may read, and bring it to the disk."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, PRIVATE_FILE)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
