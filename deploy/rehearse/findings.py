"""What a rehearsal found for each expectation; a failed one shows the smallest difference."""

import json
import textwrap
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from schemas import topics
from workflow.ports import Outward

WIDTH = 160
AUDIENCE_TOPICS = {
    "affected-person": topics.NOTICES_AFFECTED_PERSON,
    "participant": topics.NOTICES_PARTICIPANT,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One expectation: where, what was expected, what was found."""

    step: int
    what: str
    expected: object
    found: object
    holds: bool

    def line(self) -> str:
        """Return the finding for a person."""
        if self.holds:
            return f"step {self.step}: {self.what}: as expected"
        return f"step {self.step}: {self.what}: expected {_short(self.expected)}, found {_short(self.found)}"


def compare(step: int, subject: str, expected: Mapping[str, Any], found: Mapping[str, Any]) -> Iterator[Finding]:
    """Yield a finding for each leaf that is expected; keys that nobody names are not looked at."""
    for name, wanted in expected.items():
        path = f"{subject} {name}"
        actual = found.get(name)
        if name not in found:
            yield Finding(
                step=step, what=path, expected=wanted, found=f"nothing of that name; {_named(found)}", holds=False
            )
        elif isinstance(wanted, Mapping) and isinstance(actual, Mapping):
            yield from compare(step, path, wanted, actual)
        elif isinstance(wanted, list) and isinstance(actual, list) and any(isinstance(one, Mapping) for one in wanted):
            yield from _lists(step, path, wanted, actual)
        else:
            yield Finding(step=step, what=path, expected=wanted, found=actual, holds=_same(wanted, actual))


def _lists(step: int, path: str, wanted: Sequence[Any], actual: Sequence[Any]) -> Iterator[Finding]:
    """Compare entry by entry, and say so when there are fewer than expected."""
    if len(actual) < len(wanted):
        yield Finding(step=step, what=path, expected=f"{len(wanted)} entries", found=len(actual), holds=False)
    for number, (one, other) in enumerate(zip(wanted, actual, strict=False), start=1):
        yield from compare(step, f"{path} {number}", one, other)


def compare_notices(
    step: int, audience: str, expected: Mapping[str, Any], told: Iterable[Outward]
) -> Iterator[Finding]:
    """Yield findings about one audience's notices: their count, what they contain, and what they never contain."""
    bodies = [json.loads(record.value) for record in told if _is_for(audience, record.topic)]
    contain = expected.get("contain", {})
    matching = [body for body in bodies if _contains(body, contain)]
    subject = f"notices to {audience}" + (f" with {_short(contain)}" if contain else "")
    if "count" in expected:
        wanted = expected["count"]
        yield Finding(step=step, what=subject, expected=wanted, found=len(matching), holds=len(matching) == wanted)
    elif contain:
        kinds = sorted({body.get("kind", body.get("status", "")) for body in bodies})
        yield Finding(step=step, what=subject, expected="at least one", found=kinds, holds=bool(matching))
    text = json.dumps(bodies)
    for word in expected.get("never_contain", ()):
        yield Finding(
            step=step, what=f"{subject} without {word!r}", expected=0, found=text.count(word), holds=word not in text
        )


def _is_for(audience: str, topic: str) -> bool:
    if audience in AUDIENCE_TOPICS:
        return topic == AUDIENCE_TOPICS[audience]
    return topic.startswith(f"notices.{audience}.") or topic.endswith(f".{audience}")


def _contains(body: Mapping[str, Any], wanted: Mapping[str, Any]) -> bool:
    flat = {**body.get("fields", {}), **body}
    return all(
        _contains(flat.get(name) or {}, value) if isinstance(value, Mapping) else _same(value, flat.get(name))
        for name, value in wanted.items()
    )


def _same(wanted: object, actual: object) -> bool:
    if wanted == actual or (wanted is not None and actual is not None and str(wanted) == str(actual)):
        return True
    one, other = _instant(wanted), _instant(actual)
    return one is not None and one == other


def _instant(value: object) -> datetime | None:
    """Return the instant that a text names; 17:00 in summer and 16:00 UTC are the same one."""
    try:
        found = datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None
    return found if found is not None and found.tzinfo is not None else None


def _named(found: Mapping[str, Any]) -> str:
    return f"there are {', '.join(found)}" if found else "there is nothing at all"


def _short(value: object) -> str:
    text = json.dumps(value, default=str)
    return textwrap.shorten(text, WIDTH, placeholder=" ...")
