from datetime import timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas import commands as c
from schemas.events import people
from schemas.vocabulary import ActivityKind, CaseState, OrganisationKind
from schemas.vocabulary import ContactState as S
from tests.builders.plans import DERBYSHIRE, NOW, PERSON, a_case, a_part, an_actor, an_affected, some_facts
from workflow.machine.decide import Circumstance, record
from workflow.machine.decisions.affected import CHANNELS, REASONS, RULES
from workflow.machine.machines import may_contact
from workflow.rules.refusals import Refusal
from workflow.schemes.words import Channel

TRIED = ("phone", "phone", "letter")
ASKED = Circumstance(now=NOW, occurred_at=NOW, actor="a", correlation=UUID(int=6))
COMMANDS = {
    people.ContactDetailsRecorded: c.RecordContactDetails(affected=PERSON, permission=True, phone="x"),
    people.ContactAttempted: c.RecordContactAttempt(affected=PERSON, channel="phone", reached=False),
    people.ViewsRecorded: c.RecordViews(affected=PERSON, remedy="mediation"),
    people.UpdatesOnlyChosen: c.ChooseUpdatesOnly(affected=PERSON),
    people.InvolvementDeclined: c.DeclineInvolvement(affected=PERSON),
    people.AffectedPersonUnreachable: c.MarkUnreachable(affected=PERSON),
    people.ContactForbidden: c.MarkDoNotContact(affected=PERSON),
    people.AffectedPersonWithdrew: c.WithdrawAffectedPerson(affected=PERSON),
    people.SatisfactionRecorded: c.RecordSatisfaction(affected=PERSON, score=4),
}
CELLS = [(fact, contact) for fact in COMMANDS for contact in S]


def decided(command, contact=S.CONTACT_PERMITTED, *, case=None, actor=None, **person):
    asked = case or a_case(affected=(an_affected(contact, **person),))
    facts = some_facts(policy=DERBYSHIRE, actor=actor or an_actor())
    return RULES[type(command)](asked, command, facts, NOW)


def refused(*args, **kwargs):
    with pytest.raises(Refusal) as caught:
        decided(*args, **kwargs)
    assert caught.value.code in REASONS
    return caught.value.code


@pytest.mark.parametrize(("fact", "contact"), [cell for cell in CELLS if may_contact(cell[1], cell[0])])
def test_each_listed_cell_of_the_contact_table_leads_to_its_fact(fact, contact):
    (made,) = decided(COMMANDS[fact], contact, tried=TRIED).facts

    assert type(made) is fact
    assert made.affected == PERSON


@pytest.mark.parametrize(("fact", "contact"), [cell for cell in CELLS if not may_contact(cell[1], cell[0])])
def test_each_other_cell_of_the_contact_table_names_its_rule(fact, contact):
    assert refused(COMMANDS[fact], contact, tried=TRIED) != "contact_not_permitted"


@pytest.mark.parametrize(
    ("fact", "contact", "code"),
    [
        (people.ContactAttempted, S.AWAITING_DETAILS, "contact_not_permitted_yet"),
        (people.ContactAttempted, S.DECLINED, "affected_person_declined"),
        (people.ContactAttempted, S.UNREACHABLE, "affected_person_unreachable"),
        (people.AffectedPersonUnreachable, S.CONTACT_PERMITTED, "no_attempt_made_yet"),
        (people.AffectedPersonUnreachable, S.VIEWS_GIVEN, "affected_person_was_reached"),
        (people.SatisfactionRecorded, S.CONTACT_PERMITTED, "affected_person_not_consulted_yet"),
        (people.SatisfactionRecorded, S.ATTEMPTING, "affected_person_not_consulted_yet"),
        (people.ViewsRecorded, S.DO_NOT_CONTACT, "contact_is_forbidden"),
        (people.ViewsRecorded, S.WITHDRAWN, "affected_person_withdrew"),
    ],
)
def test_a_refused_cell_says_what_stands_in_the_way(fact, contact, code):
    assert refused(COMMANDS[fact], contact) == code


@pytest.mark.parametrize(
    "fact", [f for f in COMMANDS if f not in (people.AffectedPersonWithdrew, people.ContactForbidden)]
)
def test_nothing_but_withdrawal_moves_on_who_must_not_be_contacted(fact):
    assert refused(COMMANDS[fact], S.DO_NOT_CONTACT) == "contact_is_forbidden"


def test_who_must_not_be_contacted_may_still_withdraw_and_stays_forbidden_otherwise():
    withdrew = decided(COMMANDS[people.AffectedPersonWithdrew], S.DO_NOT_CONTACT).facts[0]
    again = decided(c.MarkDoNotContact(affected=PERSON, reason="asked_by_police"), S.DO_NOT_CONTACT).facts[0]

    assert withdrew.contact is S.WITHDRAWN
    assert (again.contact, again.reason) == (S.DO_NOT_CONTACT, "asked_by_police")


def test_somebody_elses_token_is_nobody_here():
    assert refused(c.ChooseUpdatesOnly(affected=UUID(int=5))) == "affected_person_unknown"


def test_contact_details_are_sealed_and_only_the_channels_told():
    command = c.RecordContactDetails(
        affected=PERSON, permission=True, phone="07700 900123", email="a@b.example", channels=("phone", "text")
    )

    decision = decided(command, S.AWAITING_DETAILS, permission=False)

    (fact,), (seal,) = decision.facts, decision.seals
    assert (fact.contact, fact.channels, fact.permission) == (S.CONTACT_PERMITTED, ("phone", "text"), True)
    assert (seal.person, seal.kind) == (PERSON, "affected")
    assert seal.fields["phone"] == "07700 900123"
    assert seal.fields["safe_contact"] == {"channels": ("phone", "text_message"), "do_not_write": False}
    assert "address" not in seal.fields
    assert "07700" not in fact.model_dump_json()


def test_details_without_permission_lead_nowhere():
    command = c.RecordContactDetails(affected=PERSON, permission=False)

    assert decided(command, S.AWAITING_DETAILS).facts[0].contact is S.AWAITING_DETAILS


def test_a_permission_taken_back_stops_every_attempt():
    assert refused(COMMANDS[people.ContactAttempted], S.ATTEMPTING, permission=False) == "contact_not_permitted"


def test_nobody_is_contacted_by_a_way_that_is_not_safe():
    attempt = c.RecordContactAttempt(affected=PERSON, channel="letter", reached=False)

    assert refused(attempt, channels=("phone",)) == "channel_not_safe"
    assert decided(attempt, channels=("phone", "letter")).facts[0].channel == "letter"
    assert decided(attempt).facts[0].contact is S.ATTEMPTING


@pytest.mark.parametrize(
    ("attempts", "channels", "code"),
    [
        (("phone", "letter"), (), "too_few_attempts"),
        (("phone", "phone", "phone"), (), "channels_not_mixed"),
        (("phone", "phone", "phone"), ("phone", "email"), "channels_not_mixed"),
    ],
)
def test_unreachable_takes_enough_attempts_by_mixed_channels(attempts, channels, code):
    assert refused(c.MarkUnreachable(affected=PERSON), S.ATTEMPTING, tried=attempts, channels=channels) == code


@pytest.mark.parametrize(
    ("attempts", "channels"), [(TRIED, ()), (("phone",) * 3, ("phone",)), (("text", "email", "text"), ())]
)
def test_after_enough_attempts_somebody_counts_as_unreachable(attempts, channels):
    command = c.MarkUnreachable(affected=PERSON)

    (fact,) = decided(command, S.ATTEMPTING, attempts=attempts, tried=attempts, channels=channels).facts

    assert (fact.contact, fact.attempts) == (S.UNREACHABLE, 3)


def after(case, *commands):
    """The case once each command was decided and recorded."""
    facts = some_facts(policy=DERBYSHIRE)
    for command in commands:
        decision = RULES[type(command)](case, command, facts, NOW)
        case, _, _ = record(case, case.id, case.tenant, decision, ASKED)
    return case


def in_vain(channel):
    return c.RecordContactAttempt(affected=PERSON, channel=channel, reached=False)


def test_somebody_reached_once_stays_reached_and_the_count_starts_again():
    reached = c.RecordContactAttempt(affected=PERSON, channel="phone", reached=True)

    case = after(a_case(affected=(an_affected(),)), in_vain("phone"), in_vain("letter"), reached, in_vain("phone"))

    (person,) = case.affected
    assert (person.reached, len(person.attempts), person.tried) == (True, 4, ("phone",))
    assert refused(c.MarkUnreachable(affected=PERSON), case=case) == "too_few_attempts"


def test_new_details_start_the_count_of_attempts_again():
    unreachable = after(a_case(affected=(an_affected(),)), *map(in_vain, TRIED), c.MarkUnreachable(affected=PERSON))
    details = c.RecordContactDetails(affected=PERSON, permission=True, channels=("phone", "letter"))

    case = after(unreachable, details, in_vain("phone"))

    assert [unreachable.affected[0].contact, case.affected[0].contact] == [S.UNREACHABLE, S.ATTEMPTING]
    assert refused(c.MarkUnreachable(affected=PERSON), case=case) == "too_few_attempts"


def test_every_way_of_the_policy_is_a_way_that_people_write():
    assert set(CHANNELS.values()) == set(Channel)


def test_a_choice_brings_its_activity_and_its_words_are_sealed():
    command = c.RecordViews(affected=PERSON, remedy="repair_damage", wants_updates=True, views="my wall")

    decision = decided(command)

    (fact,), (seal,) = decision.facts, decision.seals
    assert (fact.remedy, fact.preference) == ("repair_damage", ActivityKind.DIRECT_REPAIR)
    assert (fact.contact, fact.wants_updates, fact.note) == (S.VIEWS_GIVEN, True, seal.ref)
    assert (seal.person, seal.fields) == (PERSON, {"text": "my wall"})
    assert "wall" not in fact.model_dump_json()


def test_views_without_a_choice_are_views():
    decision = decided(c.RecordViews(affected=PERSON))

    assert (decision.facts[0].remedy, decision.facts[0].preference, decision.seals) == (None, None, ())


def test_an_activity_may_be_named_within_the_chosen_action_or_the_list():
    litter = ActivityKind.LITTER_PICKING
    within = c.RecordViews(affected=PERSON, remedy="structured_activity", preference=litter)
    on_the_list = c.RecordViews(affected=PERSON, preference=litter)
    elsewhere = c.RecordViews(affected=PERSON, remedy="mediation", preference=litter)
    not_listed = c.RecordViews(affected=PERSON, preference=ActivityKind.ASB_WORKSHOP)

    assert decided(within).facts[0].preference is litter
    assert decided(on_the_list).facts[0].preference is litter
    assert refused(elsewhere) == refused(not_listed) == "activity_not_of_remedy"


def test_an_action_that_the_engine_only_records_has_no_activity():
    assert decided(c.RecordViews(affected=PERSON, remedy="counselling")).facts[0].preference is None


def test_the_list_is_the_one_in_force_on_the_day_of_the_choice():
    before_the_list = c.RecordViews(affected=PERSON, remedy="mediation", occurred_at=NOW - timedelta(days=2000))

    assert refused(before_the_list) == "remedy_not_on_list"
    assert refused(c.RecordViews(affected=PERSON, remedy="stocks")) == "remedy_not_on_list"


@given(st.sets(st.sampled_from(ActivityKind)), st.sampled_from([r.key for r in DERBYSHIRE.remedies]))
def test_no_choice_is_steered_by_what_suits_the_participant(unsuitable, remedy):
    person = an_affected()
    plain = a_case(affected=(person,))
    inconvenient = a_case(affected=(person,), unsuitable=tuple(sorted(unsuitable)), plan=(a_part(),))
    command = c.RecordViews(affected=PERSON, remedy=remedy)

    assert decided(command, case=inconvenient).facts == decided(command, case=plain).facts


def test_who_wants_no_part_may_come_back():
    assert decided(c.ChooseUpdatesOnly(affected=PERSON), S.DECLINED).facts[0].contact is S.UPDATES_ONLY
    assert decided(c.DeclineInvolvement(affected=PERSON), S.UNREACHABLE).facts[0].contact is S.DECLINED


def test_satisfaction_is_a_score_and_moves_nothing():
    (fact,) = decided(c.RecordSatisfaction(affected=PERSON, score=2), S.UPDATES_ONLY).facts

    assert (fact.score, fact.contact) == (2, S.UPDATES_ONLY)


POLICE = an_actor(kind=OrganisationKind.POLICE)
ENDED = a_case(state=CaseState.CLOSED_COMPLETED, ended_at=NOW - timedelta(days=30))


def test_only_the_police_flag_reoffending():
    command = c.FlagReoffending(within_months=6)

    assert refused(command, case=ENDED) == "police_only"
    assert decided(command, case=ENDED, actor=POLICE).facts == (people.ReoffendingFlagged(within_months=6),)


@pytest.mark.parametrize("days", [30, 31, -1])
def test_reoffending_lies_after_the_end_and_not_in_the_future(days):
    command = c.FlagReoffending(within_months=6, on=NOW - timedelta(days=days))

    assert refused(command, case=ENDED, actor=POLICE) == "not_after_the_end"


def test_reoffending_of_a_case_without_a_known_end_is_taken_as_told():
    assert decided(c.FlagReoffending(within_months=1), case=a_case(), actor=POLICE).facts[0].within_months == 1
