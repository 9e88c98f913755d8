"""The senders' own book: every distinct sending and its receipt, on disk before anything is sent."""

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import IO, Any, Self


@dataclass(frozen=True, slots=True, kw_only=True)
class Sending:
    """One planned sending: who, under which number, which message; the same number however often it is sent."""

    source: str
    number: str
    message_id: str | None
    at: datetime


class Ledger:  # noqa: PLR0904 - a book is written, closed and read in several ways
    """An append-only file of JSON lines, forced to disk line by line; it may be opened again after a kill."""

    def __init__(self, path: Path) -> None:
        """Read what the file holds already; a last line cut short by a kill was never acted on and is dropped."""
        self._sent: dict[tuple[str, str], dict[str, Any]] = {}
        self._receipts: dict[tuple[str, str], dict[str, Any]] = {}
        for line in _whole_lines(path):
            book = self._receipts if "status" in line else self._sent
            book[line["source"], line["number"]] = line
        self._file: IO[bytes] = path.open("ab")

    def sending(self, one: Sending) -> None:
        """Note a sending before its first attempt; noting it again changes nothing."""
        if (one.source, one.number) in self._sent:
            return
        line = {"source": one.source, "number": one.number, "message_id": one.message_id, "at": one.at.isoformat()}
        self._sent[one.source, one.number] = line
        self._append(line)

    def receipted(self, source: str, number: str, status: str) -> None:
        """Note what became of a sending; the first answer counts."""
        if (source, number) not in self._receipts:
            self._receipts[source, number] = {"source": source, "number": number, "status": status}
            self._append(self._receipts[source, number])

    @property
    def sent(self) -> int:
        """How many distinct sendings there were."""
        return len(self._sent)

    def sendings(self) -> tuple[tuple[str, str], ...]:
        """Return every sending as (source, number), in the order of the file."""
        return tuple(self._sent)

    def accepted(self) -> tuple[tuple[str, str], ...]:
        """Return (source, message id) of every sending that was receipted as received."""
        received = (key for key in self._sent if self.status(*key) == "received")
        return tuple((key[0], str(self._sent[key]["message_id"])) for key in received)

    @property
    def waiting(self) -> tuple[tuple[str, str], ...]:
        """The sendings that nobody has receipted."""
        return tuple(key for key in self._sent if key not in self._receipts)

    def status(self, source: str, number: str) -> str | None:
        """Return what became of a sending, or None."""
        receipt = self._receipts.get((source, number))
        return receipt["status"] if receipt else None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the file; noting anything afterwards is an error."""
        self._file.close()

    def _append(self, line: dict[str, Any]) -> None:
        self._file.write(json.dumps(line).encode() + b"\n")
        self._file.flush()
        os.fsync(self._file.fileno())


def _whole_lines(path: Path) -> Iterator[dict[str, Any]]:
    if not path.exists():
        return
    raw = path.read_bytes()
    whole = raw[: raw.rfind(b"\n") + 1]
    if whole != raw:
        path.write_bytes(whole)
    for line in whole.splitlines():
        yield json.loads(line)
