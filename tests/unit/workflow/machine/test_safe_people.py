"""Who is safe from whom: ways of contact, places, adults who agree, and agreements that no longer stand."""

from dataclasses import replace
from datetime import date, timedelta
from types import MappingProxyType

import pytest

from schemas import commands as c
from schemas import vocabulary as v
from schemas.vocabulary import ContactState
from tests.builders.plans import PERSON, an_affected
from tests.builders.sessions import DAY, NOW, a_case, a_slot, some_facts
from workflow.machine.decisions.affected import RULES as CONTACT
from workflow.machine.decisions.people import RULES as PEOPLE
from workflow.machine.decisions.sessions import RULES as SESSIONS
from workflow.rules.refusals import Refusal
from workflow.rules.suitability import Bar, place_bar

CHILD = {"age_at_behaviour": v.AgeBand.AGE_14_15, "age_at_disposal": v.AgeBand.AGE_14_15}
BORN_IN_2011 = {"birth_date": date(2011, 1, 1)}
EXPLAINED = {"told_of_right_to_advice": True, "told_refusal_has_no_penalty": True, "minutes_to_consider": 30}


def refused(rules, case, command, **facts):
    with pytest.raises(Refusal) as refusal:
        rules[type(command)](case, command, some_facts(a_slot(), **facts), NOW)
    return refusal.value.code


def booked(case, **facts):
    return SESSIONS[c.BookSession](case, c.BookSession(slot=a_slot().id), some_facts(a_slot(), **facts), NOW)


@pytest.mark.parametrize(
    ("flags", "adult", "agrees"),
    [
        ((), 0, True),
        (("unsafe_adult:0",), 0, False),
        (("unsafe_adult:0",), 1, True),
        (("authority_unknown:1",), 1, False),
        ((), 2, False),
    ],
)
def test_a_child_is_agreed_for_by_an_adult_who_is_safe_and_whose_authority_is_known(flags, adult, agrees):
    case = a_case(responsible_adults=2, flags=flags, **CHILD)
    command = c.RecordConsent(given_by="responsible_adult", responsible_adult=adult, explanation=EXPLAINED)

    if agrees:
        assert PEOPLE[c.RecordConsent](case, command, some_facts(**BORN_IN_2011), NOW).facts
    else:
        assert refused(PEOPLE, case, command, **BORN_IN_2011) == "no_adult_with_authority"


def test_what_an_adult_agreed_for_a_child_binds_nobody_who_has_come_of_age():
    case = a_case(consents=("take_part:responsible_adult",))

    assert refused(SESSIONS, case, c.BookSession(slot=a_slot().id)) == "agreement_missing"


def test_nothing_is_booked_for_whoever_denies_since_the_plan_was_agreed():
    case = a_case(responsibility=v.Responsibility.DENIES)

    assert refused(SESSIONS, case, c.BookSession(slot=a_slot().id)) == "admission_denied"


def test_no_session_is_near_a_place_to_keep_away_from_while_that_lasts():
    slot = a_slot()
    day = slot.starts_at.date()

    code = refused(SESSIONS, a_case(), c.BookSession(slot=slot.id), kept_away={slot.site: day})

    assert code == "place_kept_away"
    assert booked(a_case(), kept_away={slot.site: day - timedelta(days=1)}).facts


def test_no_plan_is_proposed_near_a_place_to_keep_away_from():
    facts = replace(some_facts(a_slot()), kept_away=MappingProxyType({a_slot().site: date.max}))

    assert place_bar(a_case(), facts, a_slot().site, a_slot().activity, (NOW + DAY).date()) is Bar.PLACE_KEPT_AWAY


def test_contact_details_leave_what_else_is_known_of_the_person():
    known = {"family_name": "Fairweather", "safe_contact": {"times": "after six", "do_not_write": True}}
    case = a_case(affected=(an_affected(ContactState.AWAITING_DETAILS),))
    command = c.RecordContactDetails(affected=PERSON, permission=True, phone="07700 900123")

    seal = CONTACT[type(command)](case, command, some_facts(affected_details={PERSON: known}), NOW).seals[0]

    assert (seal.fields["family_name"], seal.fields["phone"]) == ("Fairweather", "07700 900123")
    assert seal.fields["safe_contact"] == {"times": "after six", "do_not_write": True, "channels": ("phone",)}
