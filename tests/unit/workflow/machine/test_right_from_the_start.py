"""Rules that no later mend could make good: ages, doors, clearance, whose doing an absence was, who sets what."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest

from schemas import commands as c
from schemas.commands import COMMANDS
from schemas.events import EVENTS
from schemas.referrals.between import CRIME_DOOR_ONLY
from schemas.vocabulary import AgeBand, AttendanceOutcome, Basis, CaseState, Clearance, ClockOrigin, Door, Role
from tests.builders import cases as b
from workflow.machine.decide import decide
from workflow.rules.credit import Became, became
from workflow.rules.outcomes import outcome_of
from workflow.rules.refusals import Refusal

NOW = b.RECEIVED_AT + timedelta(hours=1)
LEAP_BORN = date(2008, 2, 29)
TRIAGE = b.some_facts(actor=b.an_actor(Role.TRIAGE))
OUTCOME_CODES = {"outcome_code", "outcome_number", "disposal_code"}


def awaiting(**changes):
    return b.a_received_case(state=CaseState.AWAITING_INFORMATION, **changes)


def disposed(case, at, born, now=NOW):
    """The case once its referrer has said when the disposal was."""
    origins = {**b.ORIGINS, ClockOrigin.BEHAVIOUR_FROM: min(at, b.BEHAVIOUR_FROM)}
    facts = replace(TRIAGE, birth_date=born, origins=origins)
    return b.after(case, decide(case, c.ProvideInformation(disposal_at=at), facts, now), now)


def refusal_of(case, command, facts=TRIAGE, now=NOW):
    with pytest.raises(Refusal) as refused:
        decide(case, command, facts, now)
    return refused.value.code


@pytest.mark.parametrize(
    ("at", "band"),
    [
        (datetime(2026, 2, 28, 23, 30, tzinfo=UTC), AgeBand.AGE_16_17),
        (datetime(2026, 3, 1, 0, 30, tzinfo=UTC), AgeBand.ADULT),
    ],
)
def test_a_disposal_told_of_later_sets_the_age_at_disposal_and_not_the_age_on_the_day_it_is_told(at, band):
    case = awaiting(age_at_behaviour=AgeBand.AGE_16_17, age_at_disposal=None)

    assert disposed(case, at, LEAP_BORN).age_at_disposal is band


def test_eighteen_at_a_disposal_told_of_later_closes_what_is_for_children_and_keeps_their_protection():
    child = awaiting(
        basis=Basis.YOUTH_CONDITIONAL_CAUTION,
        age_at_behaviour=AgeBand.AGE_16_17,
        age_at_disposal=None,
        responsible_adults=1,
    )

    grown = disposed(child, b.DISPOSAL, LEAP_BORN)

    facts = replace(TRIAGE, birth_date=LEAP_BORN)
    assert refusal_of(grown, c.AcceptReferral(), facts) == "basis_not_for_age"
    assert grown.is_child


def test_an_answer_without_a_disposal_or_a_birth_date_leaves_the_age_at_disposal():
    decided = decide(awaiting(), c.ProvideInformation(police_decided_at=b.POLICE_DECIDED), TRIAGE, NOW)
    unknown = replace(TRIAGE, birth_date=None)

    told = decide(awaiting(), c.ProvideInformation(disposal_at=b.DISPOSAL), unknown, NOW)

    assert (decided.facts[0].age_at_disposal, told.facts[0].age_at_disposal) == (None, None)
    assert b.after(awaiting(), told, NOW).age_at_disposal is AgeBand.ADULT


@pytest.mark.parametrize("field", CRIME_DOOR_ONLY)
def test_what_only_a_crime_has_is_neither_asked_nor_answered_where_no_crime_was_committed(field):
    civil = {"door": Door.NO_CRIME, "basis": Basis.ABC}
    ask = c.RequestInformation(fields=(f"/{field}",))
    answer = c.ProvideInformation(answers={f"/{field}": "anything"})

    assert refusal_of(b.a_received_case(**civil), ask) == "field_of_the_crime_door"
    assert refusal_of(awaiting(**civil), answer) == "field_of_the_crime_door"
    assert decide(b.a_received_case(), ask, TRIAGE, NOW).facts


@pytest.mark.parametrize("clearance", [Clearance.AWAITED, Clearance.GIVEN])
def test_the_service_that_clears_a_child_clears_it_at_the_next_provider_too(clearance):
    case = b.an_accepted_case(
        child=True, clearance=clearance, transfer_to=b.OTHER_PROVIDER, referrers=(b.a_referrer(),)
    )
    receiving = b.an_actor(Role.TRIAGE, organisation=b.OTHER_PROVIDER)

    decision = decide(case, c.AcceptTransfer(), replace(TRIAGE, actor=receiving), NOW)

    ((_, opening),) = decision.also
    there = b.after(None, opening, NOW)
    assert (there.clearance, there.clearance_agency) == (clearance, b.YOUTH_JUSTICE)
    assert there.clearance_token == b.CLEARANCE_TOKEN


def test_a_correction_to_stood_down_makes_the_absence_the_providers():
    missed = b.a_session(outcome=AttendanceOutcome.UACP, enforceable=True)
    case = b.a_scheduled_case(sessions=(missed,))
    now = b.SESSION_AT + timedelta(days=1)

    corrected = b.after(
        case,
        decide(case, c.CorrectAttendance(session=b.SESSION_ID, outcome="AASD"), b.some_facts(), now),
        now,
    )

    (session,) = corrected.sessions
    row = outcome_of(corrected, UUID(int=1), b.a_policy())
    assert (became(missed), became(session)) == (Became.MISSED, Became.CANCELLED_BY_PROVIDER)
    assert (row.sessions_missed, row.sessions_cancelled_by_provider, session.enforceable) == (0, 1, False)


@pytest.mark.parametrize("model", [*COMMANDS.values(), *EVENTS.values()], ids=lambda model: model.__name__)
def test_no_command_and_no_fact_lets_a_provider_set_an_outcome_code(model):
    assert OUTCOME_CODES.isdisjoint(model.model_fields)


def test_a_start_is_the_first_attended_minute_and_neither_a_booking_nor_a_stop_nor_being_sent_home():
    case, now = b.a_scheduled_case(), b.SESSION_AT + timedelta(hours=1)
    stopped = c.StopSession(session=b.SESSION_ID, ended_at=now, reason="hazard")
    home = c.RecordAttendance(session=b.SESSION_ID, outcome="ATSS", started_at=b.SESSION_AT, ended_at=now)

    left = b.after(case, decide(case, stopped, b.some_facts(), now), now)
    sent_home = b.after(left, decide(left, home, b.some_facts(), now), now)

    assert (left.started_at, sent_home.started_at) == (None, None)
    assert sent_home.clock("start_48h", ClockOrigin.REFERRAL_SENT).status == "running"
