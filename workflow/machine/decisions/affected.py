"""The affected person's path: asked, never steered, and free to leave (domain.md 0.4, 0.6, 3, R39, R82-R84, R169)."""

from collections.abc import Callable, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any

from schemas import commands as c
from schemas.commands import Command
from schemas.commands.people import AffectedCommand
from schemas.events import people
from schemas.events.people import AffectedPersonEvent
from schemas.vocabulary import ActivityKind, OrganisationKind
from workflow.case.case import Case
from workflow.case.parts import AffectedPerson
from workflow.machine.decision import Decision, Seal, derived
from workflow.machine.decisions.affected_reasons import REASONS, contact_refusal
from workflow.machine.machines import may_contact, next_contact
from workflow.rules.calendar import local_day
from workflow.rules.facts import Facts
from workflow.rules.refusals import Refusal
from workflow.rules.safe_contact import WRITTEN, in_referral_words
from workflow.schemes import PolicyVersion
from workflow.schemes.parts import ContactPolicy, Remedy
from workflow.schemes.words import Channel

Rule = Callable[[Case, Any, Facts, datetime], Decision]
# What people write in a command, in the words of the policy.
CHANNELS: Mapping[str, Channel] = MappingProxyType(
    {
        "phone": Channel.CALL,
        "text": Channel.SMS,
        "email": Channel.EMAIL,
        "letter": Channel.LETTER,
        "in_person": Channel.IN_PERSON,
    }
)


def _person_for(case: Case, command: AffectedCommand, fact: type[AffectedPersonEvent]) -> AffectedPerson:
    """Find the person, and refuse what the contact table does not list for where contact stands."""
    person = case.person(command.affected)
    if person is None:
        raise Refusal("affected_person_unknown")
    if not may_contact(person.contact, fact):
        raise Refusal(contact_refusal(fact, person.contact), contact=person.contact)
    return person


def _moved(person: AffectedPerson, fact: type[AffectedPersonEvent], **said: Any) -> AffectedPersonEvent:
    """Make the fact with the contact that the table says follows from it."""
    before = fact(affected=person.token, contact=person.contact, **said)
    return before.model_copy(update={"contact": next_contact(person.contact, before)})


def _simple(fact: type[AffectedPersonEvent]) -> Rule:
    """A rule that asks only the contact table."""

    def rule(case: Case, command: AffectedCommand, _: Facts, __: datetime) -> Decision:
        return Decision(facts=(_moved(_person_for(case, command, fact), fact),))

    return rule


def _record_details(case: Case, command: c.RecordContactDetails, facts: Facts, _: datetime) -> Decision:
    """How to reach somebody safely is sealed with what else is known; only channels and permission are told (R169).

    A way to write that is named now takes an earlier wish not to be written to back.
    """
    person = _person_for(case, command, people.ContactDetailsRecorded)
    given = command.model_dump(mode="json", include={"phone", "email", "address", "home_point"}, exclude_none=True)
    known = facts.affected_details.get(person.token, {})
    safe = {**(known.get("safe_contact") or {}), "channels": in_referral_words(command.channels)}
    if not WRITTEN.isdisjoint(command.channels):
        safe["do_not_write"] = False
    seal = Seal(
        person=person.token,
        ref=derived(case.id, case.version, "contact-details"),
        kind="affected",
        fields={**known, **given, "permission_to_contact": command.permission, "safe_contact": safe},
    )
    said = {"channels": command.channels, "permission": command.permission}
    return Decision(facts=(_moved(person, people.ContactDetailsRecorded, **said),), seals=(seal,))


def _record_attempt(case: Case, command: c.RecordContactAttempt, _: Facts, __: datetime) -> Decision:
    """Nobody is contacted without permission, or by a way that is not safe for them (domain.md 3, R169)."""
    person = _person_for(case, command, people.ContactAttempted)
    if not person.permission:
        raise Refusal("contact_not_permitted")
    if person.channels and command.channel not in person.channels:
        raise Refusal("channel_not_safe", channel=command.channel)
    fact = _moved(person, people.ContactAttempted, channel=command.channel, reached=command.reached)
    return Decision(facts=(fact,))


def _mark_unreachable(case: Case, command: c.MarkUnreachable, facts: Facts, _: datetime) -> Decision:
    """Policy's number of attempts in vain, by as many of its channels as are safe (domain.md 10 row 8, R170)."""
    person = _person_for(case, command, people.AffectedPersonUnreachable)
    policy, made = facts.policy.contact, len(person.tried)
    if made < policy.attempts:
        raise Refusal("too_few_attempts", attempts=made, needed=policy.attempts)
    ways, needed = len({CHANNELS[channel] for channel in person.tried}), _channels_needed(person, policy)
    if ways < needed:
        raise Refusal("channels_not_mixed", channels=ways, needed=needed)
    fact = _moved(person, people.AffectedPersonUnreachable, attempts=len(person.attempts))
    return Decision(facts=(fact,))


def _channels_needed(person: AffectedPerson, policy: ContactPolicy) -> int:
    """As many different ways as policy names, but no way that is unsafe for this person."""
    named = len(set(policy.channels))
    return min(named, len(set(person.channels))) if person.channels else named


def _record_views(case: Case, command: c.RecordViews, facts: Facts, now: datetime) -> Decision:
    """The choice is from the list in force on the day, whatever the participant or the plan is (R38, R39, 0.6)."""
    person = _person_for(case, command, people.ViewsRecorded)
    listed = facts.policy.remedies_on(local_day(command.happened(now)))
    chosen = _remedy(listed, command.remedy)
    preference = _preference(facts.policy, listed, chosen, command.preference)
    ref = derived(case.id, case.version, "views-note")
    seal = Seal(person=person.token, ref=ref, kind="note", fields={"text": command.views})
    fact = _moved(
        person,
        people.ViewsRecorded,
        remedy=command.remedy,
        preference=preference,
        wants_updates=command.wants_updates,
        note=None if command.views is None else ref,
    )
    return Decision(facts=(fact,), seals=() if command.views is None else (seal,))


def _remedy(listed: tuple[Remedy, ...], key: str | None) -> Remedy | None:
    if key is None:
        return None
    found = next((remedy for remedy in listed if remedy.key == key), None)
    if found is None:
        raise Refusal("remedy_not_on_list", listed=len(listed))
    return found


def _preference(
    policy: PolicyVersion, listed: tuple[Remedy, ...], chosen: Remedy | None, preference: ActivityKind | None
) -> ActivityKind | None:
    """A named activity belongs to the chosen action, or to any on the list; unnamed, the action's own is taken."""
    if preference is None:
        return chosen.activity if chosen else None
    offered = {activity for remedy in ((chosen,) if chosen else listed) for activity in remedy.activities}
    if preference not in offered:
        raise Refusal("activity_not_of_remedy", activity=preference, policy_version=policy.version)
    return preference


def _forbid(case: Case, command: c.MarkDoNotContact, _: Facts, __: datetime) -> Decision:
    person = _person_for(case, command, people.ContactForbidden)
    return Decision(facts=(_moved(person, people.ContactForbidden, reason=command.reason),))


def _record_satisfaction(case: Case, command: c.RecordSatisfaction, _: Facts, __: datetime) -> Decision:
    person = _person_for(case, command, people.SatisfactionRecorded)
    return Decision(facts=(_moved(person, people.SatisfactionRecorded, score=command.score),))


def _flag_reoffending(case: Case, command: c.FlagReoffending, facts: Facts, now: datetime) -> Decision:
    """Only the police may say so, of something after the end (domain.md 10 row 21)."""
    if facts.actor.kind is not OrganisationKind.POLICE:
        raise Refusal("police_only", kind=facts.actor.kind)
    on = command.on or command.happened(now)
    if on > now or (case.ended_at is not None and on <= case.ended_at):
        raise Refusal("not_after_the_end", within_months=command.within_months)
    return Decision(facts=(people.ReoffendingFlagged(within_months=command.within_months),))


RULES: Mapping[type[Command], Rule] = MappingProxyType(
    {
        c.RecordContactDetails: _record_details,
        c.RecordContactAttempt: _record_attempt,
        c.RecordViews: _record_views,
        c.ChooseUpdatesOnly: _simple(people.UpdatesOnlyChosen),
        c.DeclineInvolvement: _simple(people.InvolvementDeclined),
        c.MarkUnreachable: _mark_unreachable,
        c.MarkDoNotContact: _forbid,
        c.WithdrawAffectedPerson: _simple(people.AffectedPersonWithdrew),
        c.RecordSatisfaction: _record_satisfaction,
        c.FlagReoffending: _flag_reoffending,
    }
)
__all__ = ["REASONS", "RULES"]
