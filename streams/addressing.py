"""How a message reaches somebody safely: by a channel he or she allowed, or by a call that a person makes."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

CALL_TASK: Final = "call task"
WRITTEN: Final = frozenset({"email", "text_message", "letter"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """Where a message goes; `by` email can leave by SMTP, a call is a task for a person."""

    by: str
    where: str

    @property
    def line(self) -> str:
        """The address as the mailbox shows it."""
        return f"{self.by}: {self.where}"


def safe_address(details: Mapping[str, Any]) -> Address:
    """Return the first safe way to write, else a call; a wish not to be written to outranks every address."""
    safe = details.get("safe_contact") or {}
    allowed = set(safe.get("channels") or ()) or {*WRITTEN, "phone"}
    if not safe.get("do_not_write"):
        for by, field in (("email", "email"), ("letter", "address"), ("text_message", "phone")):
            if by in allowed and details.get(field):
                return Address(by=by, where=str(details[field]))
    return Address(by=CALL_TASK, where=_how_to_call(details, safe))


def name_of(details: Mapping[str, Any]) -> str:
    """Return how somebody is addressed."""
    parts = [details.get("given_name"), details.get("family_name")]
    name = " ".join(str(part) for part in parts if part)
    return name or str(details.get("organisation_name") or "Sir or Madam")


def _how_to_call(details: Mapping[str, Any], safe: Mapping[str, Any]) -> str:
    """Return the number and everything that whoever calls must heed."""
    heed = [str(details.get("phone") or "no telephone number is on file, so by a visit")]
    if safe.get("times"):
        heed.append(f"when: {safe['times']}")
    if safe.get("do_not_leave_message"):
        heed.append("leave no message")
    if safe.get("interpreter"):
        heed.append(f"interpreter: {safe['interpreter']}")
    if safe.get("supporter"):
        heed.append(f"supporter: {safe['supporter']}")
    return "; ".join(heed)
