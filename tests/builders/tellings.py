"""Facts and cases drawn at random, and who is told of them by the real rules. All people are invented."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid5

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from schemas import vocabulary as v
from schemas.envelope import Envelope, Recorded
from schemas.events import EVENTS
from tests.builders import cases
from workflow.rules.disclosure import ROWS_OF, notices_of

AGENCY_KINDS = list(v.AgencyKind)
SECRET_SITE = "place-that-only-the-participant-knows"
SECRET_TIME = datetime(2026, 3, 4, 13, 37, tzinfo=UTC)
EVENT = UUID(int=5)
EITHER = st.booleans()
CHILD = st.sampled_from([True])
TOLD_WIRES = tuple(sorted(fact.wire for fact in ROWS_OF))
STAGES_ON_THE_WAY = (
    cases.a_received_case,
    cases.an_accepted_case,
    cases.an_assessed_case,
    cases.a_case_with_plan,
    cases.a_scheduled_case,
    cases.an_active_case,
    cases.a_case_with_hours_met,
    cases.a_paused_case,
)


def always(*strategies, **named):
    """A property that holds for every draw, however slow the machine."""
    unhurried = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
    return lambda test: unhurried(given(*strategies, **named)(test))


def recorded(fact, case, event_id=EVENT, occurred_at=SECRET_TIME + timedelta(hours=1)):
    envelope = Envelope(
        tenant=case.tenant,
        case_id=case.id,
        sequence=case.version,
        event_id=event_id,
        occurred_at=occurred_at,
        recorded_at=SECRET_TIME + timedelta(hours=2),
        state_before=case.state,
        state_after=case.state,
        actor="person-1",
        correlation=case.id,
    )
    return Recorded(envelope=envelope, fact=fact)


def told(fact, case, **changes):
    return notices_of(recorded(fact, case, **changes), case, cases.a_policy())


def told_to(audience, fact, case):
    return [notice for notice in told(fact, case) if notice.audience is audience]


def referrers_of(kinds, governing=0):
    """Agencies of these kinds that referred one incident; one governs."""
    return tuple(
        cases.a_referrer(
            agency=f"agency-{n}", kind=kind, token=uuid5(cases.CASE_ID, f"referrer-{n}"), governs=n == governing
        )
        for n, kind in enumerate(kinds)
    )


@st.composite
def some_affected(draw):
    contacts = draw(st.lists(st.sampled_from(v.ContactState), min_size=1, max_size=3))
    people_of_it = [
        cases.an_affected_person(
            contact=contact, wants_updates=draw(st.booleans()), token=uuid5(cases.AFFECTED, str(n))
        )
        for n, contact in enumerate(contacts)
    ]
    return tuple(people_of_it)


@st.composite
def some_cases(draw, *, child=EITHER):
    """A case somewhere on its way, with one to three referrers, any contact and a session nobody else may know of."""
    kinds = draw(st.lists(st.sampled_from(AGENCY_KINDS), min_size=1, max_size=3))
    session = cases.a_session(
        site=SECRET_SITE,
        starts_at=SECRET_TIME,
        ends_at=SECRET_TIME + timedelta(hours=2),
        outcome=draw(st.sampled_from(v.AttendanceOutcome)),
        minutes=draw(st.integers(0, 600)),
    )
    case = draw(st.sampled_from(STAGES_ON_THE_WAY))(child=draw(child))
    asked = draw(st.booleans())
    return replace(
        case,
        state=draw(st.sampled_from(v.CaseState)),
        referrers=referrers_of(kinds, draw(st.integers(0, len(kinds) - 1))),
        affected=draw(some_affected()),
        sessions=(session,),
        stage=draw(st.sampled_from(v.Stage)),
        preference_followed=draw(st.none() | st.booleans()),
        clearance_agency=cases.YOUTH_JUSTICE if asked else None,
        clearance_token=cases.CLEARANCE_TOKEN if asked else None,
    )


def some_facts_of(case, wires=TOLD_WIRES):
    """Any fact, about this case's own session and first affected person."""
    own = {
        "session": st.just(cases.SESSION_ID),
        "affected": st.just(case.affected[0].token),
        "site": st.just(SECRET_SITE),
    }
    own |= {"starts_at": st.just(SECRET_TIME), "ends_at": st.just(SECRET_TIME + timedelta(hours=2))}

    def built(wire):
        fields = EVENTS[wire].model_fields
        return st.builds(
            EVENTS[wire], **{name: own.get(name, st.from_type(field.annotation)) for name, field in fields.items()}
        )

    return st.sampled_from(wires).flatmap(built)


@st.composite
def tellings(draw, *, child=EITHER):
    case = draw(some_cases(child=child))
    return draw(some_facts_of(case)), case
