from datetime import date

import pytest

from schemas.vocabulary import Basis
from workflow.schemes.problems import SchemeError
from workflow.schemes.reading import load_scheme, packaged_schemes, packaged_texts

DERBYSHIRE = packaged_texts()["derbyshire.toml"]


def with_text(old, new, count=1):
    assert old in DERBYSHIRE
    return DERBYSHIRE.replace(old, new, count)


def problems_of(text):
    with pytest.raises(SchemeError) as refused:
        load_scheme(text, "derbyshire.toml")
    return {problem.path: problem for problem in refused.value.problems}


def test_the_schemes_that_ship_can_be_read():
    assert set(packaged_schemes()) == {"derbyshire", "durham"}


def test_an_unknown_key_is_named_with_the_nearest_known_one():
    found = problems_of(with_text("return_lead_days", "return_leed_days"))

    assert found["versions.0.return_leed_days"].nearest == "return_lead_days"
    assert "did you mean return_lead_days?" in str(found["versions.0.return_leed_days"])


def test_an_unknown_key_deep_inside_is_compared_with_the_keys_of_its_own_table():
    found = problems_of(with_text('authority = "policy", pauses', 'authority = "policy", pausse'))

    assert found["versions.0.bases.community_resolution.limits.0.pausse"].nearest == "pauses"


def test_a_version_that_is_no_table_is_named_and_so_are_changes_that_are_none():
    found = problems_of("versions = [3, {changes = 4}]")

    assert found["versions.0"].message == "must be a table"
    assert found["versions.1.changes"].message == "must be a table of paths and values"


def test_an_unknown_word_is_named_with_the_nearest_known_one():
    found = problems_of(with_text('responsibility = ["admits", "accepts"]', 'responsibility = ["admits", "acepts"]'))

    problem = found["versions.0.bases.community_resolution.responsibility.1"]
    assert problem.nearest == "accepts"
    assert "not_required" in problem.message


def test_an_unknown_basis_is_named_with_the_nearest_known_one():
    found = problems_of(with_text("[versions.bases.cpw]", "[versions.bases.cwp]"))

    assert found["versions.0.bases.cwp"].nearest == "cpw"


def test_an_unknown_key_in_a_table_that_is_itself_unknown_has_no_nearest_one():
    found = problems_of(with_text("grace_minutes = 60", "zzzz = 60"))

    assert found["versions.0.zzzz"].nearest is None
    assert str(found["versions.0.zzzz"]).endswith("unknown key")


def test_every_problem_of_a_file_is_reported_at_once():
    text = with_text("return_lead_days = 28", "return_lead_days = 0").replace("attempts = 3", "attempts = 0")

    assert {"versions.0.return_lead_days", "versions.0.contact.attempts"} <= set(problems_of(text))


def test_what_is_not_toml_is_said_so_by_file():
    assert "is not TOML" in problems_of("slug = ")["derbyshire.toml"].message


def test_a_file_without_versions_is_refused():
    assert "versions" in problems_of('slug = "a"\nname = "A"\n')


@pytest.mark.parametrize(
    ("until", "starts", "said"),
    [
        ("2026-02-01", "2026-02-01", "overlaps"),
        ("2026-01-30", "2026-02-01", "leaves days without a policy"),
        ("2026-01-31", "2025-09-01", "does not come after"),
    ],
)
def test_versions_follow_one_another_day_by_day(until, starts, said):
    text = with_text("effective_from = 2025-09-01", f"effective_from = 2025-09-01\neffective_until = {until}")
    text = text.replace("effective_from = 2026-02-01", f"effective_from = {starts}")

    assert said in problems_of(text)["versions.1.effective_from"].message


def test_a_version_that_ends_the_day_before_the_next_begins_leaves_nothing_open():
    text = with_text("effective_from = 2025-09-01", "effective_from = 2025-09-01\neffective_until = 2026-01-31")

    scheme = load_scheme(text, "derbyshire.toml")

    assert scheme.on(date(2026, 1, 31)).version == "2025-09"
    assert scheme.on(date(2026, 2, 1)).version == "2026-02"
    assert scheme.versions[1].effective_until is None


def test_a_version_says_only_how_it_differs_and_is_complete_all_the_same():
    first, second = load_scheme(DERBYSHIRE, "derbyshire.toml").versions

    assert set(second.bases) - set(first.bases) == {Basis.OUTCOME_23}
    assert second.remedies == first.remedies
    assert second.unverified[: len(first.unverified)] == first.unverified


def test_a_version_cannot_be_based_on_one_that_is_not_there():
    found = problems_of(with_text('based_on = "2025-09"', 'based_on = "2025-90"'))

    assert found["versions.1.based_on"].nearest == "2025-09"


def test_a_change_that_leads_nowhere_is_named_in_its_version():
    found = problems_of(with_text('[versions.changes."bases.outcome_23"]', '[versions.changes."basis.outcome_23"]'))

    assert found["versions.1.changes.basis.outcome_23"].nearest == "bases"


def test_one_name_for_two_versions_is_refused():
    found = problems_of(with_text('version = "2026-02"', 'version = "2025-09"'))

    assert "stands twice" in found["versions.1.version"].message


def test_an_unverified_path_that_leads_nowhere_is_refused():
    found = problems_of(with_text('path = "grace_minutes"', 'path = "grace_minute"'))

    assert "grace_minute" in found["versions.0.unverified"].message
