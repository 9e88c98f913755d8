"""Attendance asked for as a supervisor would, and what followed from it."""

from datetime import timedelta

import pytest

from schemas import commands as c
from schemas import vocabulary as v
from schemas.vocabulary import AttendanceOutcome as O
from tests.builders.sessions import DAY, NOW, a_case, a_session, an_id, some_facts
from workflow.machine.decisions.sessions import RULES
from workflow.rules.refusals import Refusal

FIRST = an_id("first")


def asked(case, command, now=NOW, **facts):
    return RULES[type(command)](case, command, some_facts(**facts), now)


def refused(case, command, now=NOW):
    with pytest.raises(Refusal) as refusal:
        asked(case, command, now)
    return refusal.value.code


def recorded(case, outcome=O.ATTC, session=FIRST, command=c.RecordAttendance, **times):
    return asked(case, command(session=session, outcome=outcome, **times))


def kinds(decision):
    return [type(fact) for fact in decision.facts]


def found(decision, kind):
    return next(fact for fact in decision.facts if isinstance(fact, kind))


def worked(starts_at=NOW - DAY, minutes=120):
    return {"started_at": starts_at, "ended_at": starts_at + timedelta(minutes=minutes)}


def a_booked_case(**changes):
    return a_case(v.CaseState.SCHEDULED, a_session(**changes))
