from datetime import date

import pytest

from schemas.commands.people import Explanation
from schemas.vocabulary import ActivityKind, AgeBand, Basis, ContactState, Responsibility
from tests.builders.plans import ADULT_BORN, ANOTHER, CHILD_BORN, DERBYSHIRE, a_case, a_childs_case, an_affected
from workflow.rules.agreement import (
    band_at,
    choosers,
    consent_is_given,
    has_given,
    is_denied,
    is_informed,
    needs_an_adult,
    preference_followed,
    responsibility_satisfies,
    wished,
)

CAUTION = DERBYSHIRE.bases[Basis.ADULT_CONDITIONAL_CAUTION]
RESOLUTION = DERBYSHIRE.bases[Basis.COMMUNITY_RESOLUTION]
OUTCOME_22 = DERBYSHIRE.bases[Basis.OUTCOME_22]
DAY = date(2026, 3, 2)
GIVEN = ContactState.VIEWS_GIVEN
LITTER, GRAFFITI = ActivityKind.LITTER_PICKING, ActivityKind.GRAFFITI_CLEANING


@pytest.mark.parametrize(
    ("explanation", "informed"),
    [
        (Explanation(), True),
        (Explanation(told_of_right_to_advice=False), False),
        (Explanation(told_refusal_has_no_penalty=False), False),
        (Explanation(minutes_to_consider=0), False),
    ],
)
def test_an_agreement_is_informed_by_advice_freedom_and_time(explanation, informed):
    assert is_informed(explanation) is informed


def test_the_band_is_of_the_day_asked_about_and_never_of_another():
    born = date(2008, 3, 2)

    assert band_at(a_childs_case(), born, date(2026, 3, 1)) is AgeBand.AGE_16_17
    assert band_at(a_childs_case(), born, date(2026, 3, 2)) is AgeBand.ADULT


def test_without_a_birth_date_the_last_band_on_record_holds():
    case = a_case(age_at_behaviour=AgeBand.AGE_16_17, age_at_disposal=AgeBand.ADULT)

    assert band_at(case, None, DAY) is AgeBand.ADULT
    assert band_at(a_case(age_at_behaviour=AgeBand.AGE_16_17, age_at_disposal=None), None, DAY) is AgeBand.AGE_16_17


def test_an_adult_speaks_for_a_child_only_until_the_eighteenth_birthday():
    assert needs_an_adult(a_childs_case(), CHILD_BORN, DAY)
    assert not needs_an_adult(a_childs_case(), date(2008, 3, 2), DAY)
    assert needs_an_adult(a_childs_case(), None, DAY)
    assert not needs_an_adult(a_case(), None, DAY)


def test_a_childs_own_word_is_not_enough():
    alone = a_childs_case(consents=("take_part:participant", "photograph:responsible_adult"))

    assert not consent_is_given(alone, by_adult=True)
    assert consent_is_given(a_childs_case(), by_adult=True)
    assert consent_is_given(a_childs_case(consents=("take_part:manager_alternative",)), by_adult=True)


def test_an_adults_agreement_is_for_taking_part():
    assert consent_is_given(a_case(), by_adult=False)
    assert not consent_is_given(a_case(consents=("photograph:participant",)), by_adult=False)
    assert has_given(a_case(consents=("photograph:participant",)), "photograph")


@pytest.mark.parametrize(
    ("kind", "basis", "enough"),
    [
        (Responsibility.ADMITS, CAUTION, True),
        (Responsibility.ACCEPTS, CAUTION, False),
        (Responsibility.ACCEPTS, RESOLUTION, True),
        (None, RESOLUTION, False),
        (Responsibility.DENIES, RESOLUTION, False),
        (Responsibility.DENIES, OUTCOME_22, True),
        (None, OUTCOME_22, True),
    ],
)
def test_the_basis_decides_which_responsibility_is_enough(kind, basis, enough):
    assert responsibility_satisfies(a_case(responsibility=kind), basis) is enough


def test_a_denial_counts_only_where_the_basis_needs_an_admission():
    denies = a_case(responsibility=Responsibility.DENIES)

    assert is_denied(denies, RESOLUTION)
    assert not is_denied(denies, OUTCOME_22)
    assert not is_denied(a_case(responsibility=None), RESOLUTION)


@pytest.mark.parametrize("contact", [contact for contact in ContactState if contact is not GIVEN])
def test_only_views_that_stand_bind_a_plan(contact):
    case = a_case(affected=(an_affected(contact, preference=LITTER), an_affected(GIVEN, token=ANOTHER)))

    assert [person.token for person in choosers(case)] == [ANOTHER]


def test_a_choice_is_the_activity_named_or_any_of_its_remedy():
    assert wished(an_affected(preference=LITTER, remedy="repair_damage"), DERBYSHIRE) == {LITTER}
    assert GRAFFITI in wished(an_affected(remedy="repair_damage"), DERBYSHIRE)
    assert wished(an_affected(remedy="counselling"), DERBYSHIRE) == frozenset()


def test_nobody_asked_is_neither_followed_nor_not():
    case = a_case(affected=(an_affected(GIVEN), an_affected(GIVEN, token=ANOTHER, remedy="counselling")))

    assert preference_followed(case, DERBYSHIRE, frozenset({LITTER})) is None


def test_a_preference_is_followed_only_if_every_choice_is():
    two = (an_affected(GIVEN, preference=LITTER), an_affected(GIVEN, token=ANOTHER, preference=GRAFFITI))

    assert preference_followed(a_case(affected=two[:1]), DERBYSHIRE, frozenset({LITTER})) is True
    assert preference_followed(a_case(affected=two), DERBYSHIRE, frozenset({LITTER})) is False
    assert preference_followed(a_case(affected=two), DERBYSHIRE, frozenset({LITTER, GRAFFITI})) is True


def test_an_adult_of_thirty_needs_nobody_else():
    assert not needs_an_adult(a_case(), ADULT_BORN, DAY)
