import pytest
from pydantic import ValidationError

from workflow.schemes.parts import Limit
from workflow.schemes.problems import SchemeError
from workflow.schemes.reading import load_scheme, packaged_texts

DERBYSHIRE = packaged_texts()["derbyshire.toml"]
CAUTION = "bases.adult_conditional_caution"


def problems_after(old, new, table="[versions.bases.adult_conditional_caution]"):
    head, rest = DERBYSHIRE.split(table, 1)
    assert old in rest
    with pytest.raises(SchemeError) as refused:
        load_scheme(head + table + rest.replace(old, new, 1), "derbyshire.toml")
    return {problem.path: problem.message for problem in refused.value.problems}


def test_no_file_lifts_the_twenty_hours_of_an_adult_conditional_caution():
    found = problems_after("cap_minutes = 1200", "cap_minutes = 1201")

    assert found[f"versions.0.{CAUTION}.cap_minutes"] == "the statute allows at most 1200 minutes"


def test_no_file_drops_them_either():
    found = problems_after('cap_minutes = 1200\ncap_authority = "statute"\n', "")

    assert {f"versions.0.{CAUTION}.cap_minutes", f"versions.0.{CAUTION}.cap_authority"} <= set(found)


def test_the_cap_counts_at_least_what_the_statute_counts():
    found = problems_after('cap_counts = ["reparation", "punishment"]', 'cap_counts = ["reparation"]')

    assert found[f"versions.0.{CAUTION}.cap_counts"] == "leaves out a purpose that the statute counts"


def test_nobody_calls_a_scheme_s_own_cap_a_statute():
    found = problems_after('cap_authority = "policy"', 'cap_authority = "statute"', "[versions.bases.outcome_22]")

    assert found["versions.0.bases.outcome_22.cap_authority"] == "no statute caps this basis"


@pytest.mark.parametrize(("pauses", "rolls"), [("true", "false"), ("false", "true")])
def test_a_limit_set_by_statute_that_pauses_or_rolls_cannot_be_written(pauses, rolls):
    old = 'authority = "code", pauses = false, rolls = false, extends_to = 20'
    found = problems_after(old, f'authority = "statute", pauses = {pauses}, rolls = {rolls}')

    assert found[f"versions.0.{CAUTION}.limits.0"] == "a limit set by statute never pauses and never rolls"


def test_a_caution_is_no_matter_for_the_no_crime_door():
    found = problems_after('door = "crime_oocr"', 'door = "no_crime"')

    assert found[f"versions.0.{CAUTION}.door"] == "is not the door of this basis"


@pytest.mark.parametrize("name", ["limitation", "complete_by", "start_48h"])
def test_a_policy_cannot_count_a_date_that_the_referrer_supplies(name):
    with pytest.raises(ValidationError, match="is no name for a limit"):
        Limit(
            name=name, length=6, unit="months", origin="behaviour_from", authority="statute", pauses=False, rolls=False
        )
