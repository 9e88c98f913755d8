import json

import pytest

from schemas.citing import plainly, without_citations
from tests.rules.tree import ROOT, text_of

PUBLISHED = ("CATALOGUE.md", "commands.json", "events.json", "referrals.json", "outcomes.json", "openapi.json")


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("Credit travel (domain.md 6.2).", "Credit travel."),
        ("Clocks stop (contracts section 7, R4); limits run on.", "Clocks stop; limits run on."),
        ("Codes (R121, DPERF-2022) and more (engine.md 2.4)", "Codes and more"),
        ("1 (poor) to 5 (good); JSON pointer (RFC 6901).", "1 (poor) to 5 (good); JSON pointer (RFC 6901)."),
    ],
)
def test_what_is_said_goes_without_where_it_was_read(written, said):
    assert without_citations(written) == said


def test_a_document_is_cleaned_in_all_its_parts_and_in_nothing_but_what_it_says():
    document = {"title": "A (R4)", "parts": [{"description": "B (R4)", "enum": ["C (R4)"]}], "const": "D (R4)", "n": 1}

    assert plainly(document) == {
        "title": "A",
        "parts": [{"description": "B", "enum": ["C (R4)"]}],
        "const": "D (R4)",
        "n": 1,
    }


@pytest.mark.parametrize("name", [*PUBLISHED, "notices.json", "asyncapi.json"])
def test_nothing_published_sends_its_reader_to_notes_that_he_has_not(name):
    text = text_of(ROOT / "schemas" / "published" / name)

    assert [
        word for word in ("domain.md", "contracts section", "engine.md", "[K]", "contradiction") if word in text
    ] == []
    assert not name.endswith(".json") or json.loads(text)
