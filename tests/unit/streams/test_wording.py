from datetime import UTC, datetime

import pytest

from schemas.vocabulary import ActivityKind, Audience
from streams.addressing import CALL_TASK, safe_address
from streams.wording import ACTIVITIES, WORDS, NoWordsError, duration, moment, worded
from workflow.rules.disclosure_table import ROWS

PLACES = {"elm-park": "Elm Park, main gate"}
PEOPLE = {Audience.AFFECTED_PERSON, Audience.PARTICIPANT}


def test_every_notice_to_a_person_has_words_and_no_words_are_left_over():
    told = {(audience, row.kind) for row in ROWS for audience in row.audiences if audience in PEOPLE}

    assert told == set(WORDS)


def test_a_notice_is_said_in_plain_words_with_local_times_and_hours():
    fields = {"site": "elm-park", "starts_at": "2026-06-09T09:00:00+00:00", "ends_at": "2026-06-09T12:30:00+00:00"}

    said = worded(Audience.PARTICIPANT, "session_booked", fields | {"activity": "litter_picking"}, {}, PLACES)

    assert said.body == (
        "Please come to Elm Park, main gate on Tuesday 9 June 2026 at 10:00, until Tuesday 9 June 2026 at 13:30. "
        "You will do: litter picking."
    )
    assert duration(90) == "1 hour 30 minutes"
    assert duration(0) == "0 minutes"
    assert moment(datetime(2026, 1, 5, 9, tzinfo=UTC)) == "Monday 5 January 2026 at 09:00"


def test_a_letter_names_no_place_by_its_inner_id_and_no_activity_by_its_code():
    fields = {"site": "site-0017", "starts_at": "2026-06-09T09:00:00+00:00", "activities": list(ActivityKind)}

    reminder = worded(Audience.PARTICIPANT, "session_reminder", fields, {}, PLACES)
    plan = worded(Audience.PARTICIPANT, "plan_agreed", fields, {}, PLACES)

    assert "at a place that you can ask us for on" in reminder.body
    assert "0017" not in reminder.body
    assert set(ACTIVITIES) == set(ActivityKind)
    assert "_" not in plan.body


def test_the_consequence_is_said_in_the_schemes_own_words():
    said = worded(Audience.PARTICIPANT, "warned", {"consequence": "court"}, {"court": "The police decide."})

    assert said.body.endswith("The police decide.")


def test_a_kind_without_words_is_named():
    with pytest.raises(NoWordsError, match="tea_is_ready"):
        worded(Audience.PARTICIPANT, "tea_is_ready", {}, {})


@pytest.mark.parametrize(
    ("safe", "by"),
    [
        (None, "email"),
        ({"channels": ["letter", "phone"]}, "letter"),
        ({"channels": ["phone"]}, CALL_TASK),
        ({"channels": ["email"], "do_not_write": True}, CALL_TASK),
    ],
)
def test_a_message_goes_only_where_it_is_safe_to_write_and_else_becomes_a_call(safe, by):
    details = {
        "email": "o@example.org",
        "address": "21 Fennimore Street",
        "phone": "07700 900789",
        "safe_contact": safe,
    }

    assert safe_address(details).by == by


def test_whoever_calls_is_told_what_to_heed():
    safe = {"do_not_write": True, "do_not_leave_message": True, "times": "after five", "interpreter": "cy"}

    where = safe_address({"phone": "07700 900789", "safe_contact": safe}).where

    assert where == "07700 900789; when: after five; leave no message; interpreter: cy"
