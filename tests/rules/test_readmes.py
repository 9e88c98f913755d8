"""Each room has a README for the person about to change it."""

import re

import pytest

from tests.rules.tree import ROOT, files, text_of

LONGEST_README = 120
LARGEST_PICTURE, FEWEST_WORDS = 80_000, 8
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


def test_each_picture_of_the_readme_is_there_is_small_and_says_what_it_shows():
    shown = re.findall(r"!\[([^\]]*)\]\(([^)]*)\)", (ROOT / "README.md").read_text(encoding="utf-8"))

    sizes = {path: (ROOT / path).stat().st_size for _, path in shown}
    assert set(sizes) == {str(one.relative_to(ROOT)) for one in (ROOT / "deploy" / "pictures").iterdir()}
    assert [path for path, size in sizes.items() if size > LARGEST_PICTURE] == []
    assert [path for words, path in shown if len(words.split()) < FEWEST_WORDS] == []
