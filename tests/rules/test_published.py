"""What is published says what is sent and asked; whether it is current is test_generated's to find."""

import json
import re
from datetime import UTC, datetime
from uuid import UUID

import pytest

from deploy.published.diagrams import BEGIN, END, MarkersMissing, render_readme
from deploy.published.models import FAMILIES, document
from schemas.commands import COMMANDS
from schemas.events import EVENTS
from schemas.notices import AgencyNotice, Notice
from schemas.vocabulary import AgencyKind, Audience
from tests.rules.tree import ROOT
from workflow.handlers.consequences import notice_record
from workflow.machine.decisions import REASONS

PUBLISHED = ROOT / "schemas" / "published"
DOCUMENTS = sorted(path.name for path in PUBLISHED.glob("*.json"))
ID = UUID(int=1)
TOLD = {"id": ID, "tenant": "derbyshire", "recipient": ID, "kind": "started", "fields": {"state": "active"}}
TO_A_PERSON = Notice(**TOLD, audience=Audience.PARTICIPANT)
TO_AN_AGENCY = AgencyNotice(
    **TOLD, audience=Audience.POLICE, organisation="a-force", organisation_kind=AgencyKind.POLICE
)


def references(value):
    """Every reference below a value."""
    if isinstance(value, dict):
        yield from ([value["$ref"]] if isinstance(value.get("$ref"), str) else [])
        # An example that holds a schema refers within itself.
        value = [one for name, one in value.items() if name != "example"]
    if isinstance(value, list):
        for one in value:
            yield from references(one)


def found(whole, reference):
    """What a reference within a document leads to, or None."""
    place = whole
    for step in reference.removeprefix("#/").split("/"):
        place = place.get(step) if isinstance(place, dict) else None
    return place


@pytest.mark.parametrize("name", DOCUMENTS)
def test_every_reference_leads_somewhere(name):
    whole = json.loads((PUBLISHED / name).read_text(encoding="utf-8"))

    lost = {reference for reference in references(whole) if found(whole, reference) is None}

    assert lost == set()


def test_a_reference_that_leads_nowhere_is_found():
    whole = {"$defs": {"Known": {}}, "anyOf": [{"$ref": "#/$defs/Known"}, {"$ref": "#/$defs/Lost"}]}

    assert [found(whole, reference) for reference in references(whole)] == [{}, None]


@pytest.mark.parametrize("family", FAMILIES)
def test_every_contract_of_a_family_is_in_its_document(family):
    named = {one["title"] for one in document(family)["anyOf"]}

    assert named == set(FAMILIES[family])


@pytest.mark.parametrize("notice", [TO_A_PERSON, TO_AN_AGENCY])
def test_a_notice_has_on_its_topic_exactly_the_published_fields(notice):
    record = notice_record(notice, ID, 1, 1, datetime(2026, 3, 2, tzinfo=UTC))

    published = document("notices")["$defs"][type(notice).__name__]

    assert set(json.loads(record.value)) == set(published["properties"])
    assert set(published["required"]) <= set(published["properties"])


def test_the_asyncapi_document_has_every_topic_of_the_table():
    channels = json.loads((PUBLISHED / "asyncapi.json").read_text(encoding="utf-8"))["channels"].values()
    table = (PUBLISHED / "TOPICS.md").read_text(encoding="utf-8")

    named = set(re.findall(r"^\| `([^`]+)` \|", table, re.MULTILINE))

    assert {one["address"].replace("{study}", "evaluation") for one in channels} == named


def test_one_name_has_one_definition_in_the_asyncapi_document():
    told = json.loads((PUBLISHED / "asyncapi.json").read_text(encoding="utf-8"))["components"]["schemas"]

    elsewhere = {(f, name): one for f in FAMILIES for name, one in document(f)["$defs"].items()}

    moved = {key: json.dumps(one).replace("#/$defs/", "#/components/schemas/") for key, one in elsewhere.items()}
    assert [key for key, one in moved.items() if json.loads(one) != told[key[1]]] == []


def test_no_event_admits_a_word_that_names_a_person():
    words = re.compile(
        r"first_name|last_name|surname|birth|phone|email|address|postcode|occurrence|urn|uprn|description$"
    )

    events = {wire: set(event.model_fields) for wire, event in EVENTS.items()}

    assert {wire: hits for wire, fields in events.items() if (hits := {f for f in fields if words.search(f)})} == {}


def test_the_catalogue_names_every_command_event_and_refusal():
    text = (PUBLISHED / "CATALOGUE.md").read_text(encoding="utf-8")

    rows = set(re.findall(r"^\| `([^`]+)` \|", text, re.MULTILINE))

    assert rows == {*COMMANDS, *EVENTS, *REASONS}


def test_the_readme_keeps_its_own_words_around_the_diagrams(tmp_path):
    (tmp_path / "README.md").write_text(f"before\n{BEGIN}\nold\n{END}\nafter\n", encoding="utf-8")

    text = render_readme(tmp_path)

    assert text.startswith(f"before\n{BEGIN}\n### The case\n")
    assert text.endswith(f"{END}\nafter\n")
    assert "\nold\n" not in text


def test_a_readme_without_its_markers_is_said_so(tmp_path):
    (tmp_path / "README.md").write_text("no place for diagrams\n", encoding="utf-8")

    with pytest.raises(MarkersMissing):
        render_readme(tmp_path)
