"""Each room has a README for the person about to change it."""

import pytest

from tests.rules.tree import ROOT, files, text_of

LONGEST_README = 120
ROOMS = (
    "schemas",
    "streams",
    "deploy",
    "tests",
    "workflow",
    *(f"workflow/{room}" for room in ("case", "machine", "rules", "schemes", "handlers", "store", "portal")),
)


def _is_furnished(room: str) -> bool:
    """A room exists from its first line of code on."""
    return (ROOT / room).is_dir() and any(text_of(path).strip() for path in files(room, suffix=".py"))


# A room that nobody has furnished yet is no row, rather than a skipped one.
FURNISHED = [room for room in ROOMS if _is_furnished(room)]


@pytest.mark.parametrize("room", FURNISHED)
def test_a_room_has_a_readme(room):
    readme = ROOT / room / "README.md"

    assert readme.exists(), f"{room}/README.md is missing"
    assert readme.read_text(encoding="utf-8").strip()


@pytest.mark.parametrize("room", FURNISHED)
def test_a_readme_is_short_enough_to_be_read(room):
    readme = ROOT / room / "README.md"

    lines = readme.read_text(encoding="utf-8").splitlines() if readme.exists() else []

    assert len(lines) <= LONGEST_README
