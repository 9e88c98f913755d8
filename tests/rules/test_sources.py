"""Every fact that a rule cites can be looked up: keys in docstrings resolve, and none is listed in vain."""

import pytest

from deploy.sources import KEY, UnknownSource, cited_keys, docstrings, known_sources, render_sources
from tests.rules.tree import PACKAGES, ROOT, files, text_of

LISTED = ROOT / "workflow" / "rules" / "SOURCES.md"


def _listed_keys() -> set[str]:
    rows = [line for line in LISTED.read_text(encoding="utf-8").splitlines() if line.startswith("| ")]
    return {row.split("|")[1].strip() for row in rows if KEY.fullmatch(row.split("|")[1].strip())}


def _keys_in_docstrings() -> set[str]:
    texts = (doc for path in files(*PACKAGES, suffix=".py") for doc in docstrings(text_of(path)))
    policies = (text_of(path) for path in files("workflow/schemes", suffix=".toml"))
    return {key for text in (*texts, *policies) for key in KEY.findall(text)}


@pytest.fixture
def small_house(tmp_path):
    (tmp_path / "workflow" / "schemes").mkdir(parents=True)
    (tmp_path / "deploy").mkdir()
    (tmp_path / "deploy" / "sources.toml").write_text(
        '[sources]\nR8 = "a page"\nR21a = "another"\nNED-2023 = "a paper"\n'
    )
    return tmp_path


def test_every_key_in_use_is_listed_and_every_listed_key_is_in_use():
    assert _listed_keys() == _keys_in_docstrings()


def test_every_listed_key_says_where_it_was_read():
    known = known_sources(ROOT)

    assert {key: known.get(key) for key in _listed_keys() if not known.get(key)} == {}


def test_keys_are_read_from_docstrings_and_policies_alone(small_house):
    rule = 'def within():\n    """Hours (domain.md 13.9, R21a)."""\n    return "R1"  # R2\n'
    (small_house / "workflow" / "rules.py").write_text(rule)
    (small_house / "workflow" / "schemes" / "a.toml").write_text("hours = 20  # NED-2023\n")

    assert set(cited_keys(small_house)) == {"R21a", "NED-2023"}


def test_papers_come_before_numbered_keys_and_those_in_order(small_house):
    (small_house / "workflow" / "rules.py").write_text('"""R21a, R8, NED-2023."""\n')

    listed = [line.split(" ")[1] for line in render_sources(small_house).splitlines() if KEY.match(line[2:])]

    assert listed == ["NED-2023", "R8", "R21a"]


def test_a_key_without_a_row_is_named_with_its_file(small_house):
    (small_house / "workflow" / "rules.py").write_text('"""R999."""\n')

    with pytest.raises(UnknownSource, match=r"workflow/rules\.py: the source key R999 has no row"):
        render_sources(small_house)
