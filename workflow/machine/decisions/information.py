"""What the referrer corrects, is asked and answers (domain.md 10 rows 1 and 3, 13.2, 13.10)."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from schemas import commands as c
from schemas.commands import Command
from schemas.events import intake
from schemas.referrals import HousingReferral, PoliceReferral, YouthJusticeReferral
from schemas.referrals.between import CRIME_DOOR_ONLY
from schemas.vocabulary import AgeBand, ClockOrigin, Door, LimitationKind, Purpose
from workflow.case.case import Case
from workflow.case.parties import referrer_of
from workflow.case.parts import Condition
from workflow.machine.decision import Decision, Seal, derived
from workflow.machine.decisions.clock_facts import clock_seals, dues_changed
from workflow.machine.decisions.intake import ADULTS
from workflow.rules.ages import band_on
from workflow.rules.calendar import end_of_day, local_day
from workflow.rules.dues import LIMITATION, Dues, dues_of
from workflow.rules.eligibility import over_cap
from workflow.rules.facts import Facts
from workflow.rules.refusals import Refusal

POINTER = re.compile(r"/[a-z_]+(?:/(?:[a-z_]+|\d{1,2}))*")
MODELS = (PoliceReferral, YouthJusticeReferral, HousingReferral)
ASKABLE = frozenset(field.alias or name for model in MODELS for name, field in model.model_fields.items())
LIMITATION_FIELD, DISPOSAL_FIELD, DECIDED_FIELD = "/limitation", "/disposal_at", "/police_decided_at"


def _amend_referral(case: Case, command: c.AmendReferral, facts: Facts, now: datetime) -> Decision:
    """The referrer corrects; one that does not govern adds a note and no more (domain.md 13.10)."""
    referrer = referrer_of(case, facts.actor.organisation)
    if referrer is None:
        raise Refusal("not_your_referral")
    stated = (command.authorised_minutes, command.limitation, command.limitation_on)
    if not referrer.governs and any(value is not None for value in stated):
        raise Refusal("other_referrer_governs", governing=case.governing.kind)
    if command.authorised_minutes is not None:
        _may_authorise(case, command.authorised_minutes, facts)
    left = None if command.authorised_minutes is None else command.authorised_minutes - case.carried_minutes
    kind = _limitation_kind(case, command.limitation, command.limitation_on)
    note = derived(case.id, case.version, "note") if command.note else None
    amended = intake.ReferralAmended(
        agency=referrer.agency,
        message_id=command.message_id,
        authorised_minutes=left,
        limitation=kind,
        limitation_known=None if kind is None else _is_known(kind, command.limitation_on),
        note=note,
    )
    before = dues_of(case, facts, now)
    after = _limited(before, kind, command.limitation_on)
    clocks, timers = dues_changed(case, before, after, now)
    sealed = _sealed_again(case, after) if after != before else ()
    seals = (*sealed, *note_seal(case, note, {"note": command.note}))
    return Decision(facts=(amended, *clocks), timers=timers, seals=seals)


def _sealed_again(case: Case, dues: Dues) -> tuple[Seal, ...]:
    """Every referral says when it was sent: without that nothing was opened, and sealing would wipe what is kept."""
    if dues.origins.get(ClockOrigin.REFERRAL_SENT) is None:
        msg = "the instants of the clocks were not opened"
        raise ValueError(msg)
    return clock_seals(case.id, case.participant, dues)


def _may_authorise(case: Case, minutes: int, facts: Facts) -> None:
    """Minutes stay within the cap and do not fall below what was agreed (domain.md 0.5, 13.4).

    The referrer states them for the whole referral: what was done at earlier providers counts towards both.
    """
    agreed = case.carried_minutes + case.agreed_minutes
    if minutes < agreed:
        raise Refusal("authorised_below_agreed", authorised=minutes, agreed=agreed)
    rehabilitation = tuple(part for part in case.conditions if part.purpose is Purpose.REHABILITATION)
    basis = facts.policy.bases.get(case.basis)
    if basis and over_cap((Condition(purpose=Purpose.REPARATION, minutes=minutes), *rehabilitation), basis):
        raise Refusal("authorised_over_cap", authorised=minutes, cap=basis.cap_minutes or 0)


def _request_information(case: Case, command: c.RequestInformation, _: Facts, __: datetime) -> Decision:
    """Ask by the names of fields alone; what was asked before and not answered stays asked (domain.md 10 row 3)."""
    _must_be_fields(case, command.fields)
    fields = tuple(dict.fromkeys((*case.information_requested, *command.fields)))
    return Decision(facts=(intake.InformationRequested(fields=fields),))


def _must_be_fields(case: Case, pointers: Iterable[str]) -> None:
    """Refuse whatever is no field of a referral through this door: a pointer is published (domain.md 13.14)."""
    for place, pointer in enumerate(pointers):
        if not POINTER.fullmatch(pointer) or pointer.split("/")[1] not in ASKABLE:
            raise Refusal("not_a_field", place=place)
        if case.door is Door.NO_CRIME and pointer.split("/")[1] in CRIME_DOOR_ONLY:
            raise Refusal("field_of_the_crime_door", field=pointer)


def _provide_information(case: Case, command: c.ProvideInformation, facts: Facts, now: datetime) -> Decision:
    """Take the referrer's answers; origins that became known start their clocks (domain.md 13.2, 13.9)."""
    _must_be_fields(case, command.answers)
    fields = _provided(command)
    if not fields:
        raise Refusal("nothing_was_provided")
    kind = _limitation_kind(case, command.limitation, command.limitation_on)
    before = dues_of(case, facts, now)
    after = _limited(_with_origins(before, case, command, now), kind, command.limitation_on)
    clocks, timers = dues_changed(case, before, after, now)
    note = derived(case.id, case.version, "note") if command.answers else None
    provided = intake.InformationProvided(
        fields=fields,
        limitation=kind,
        limitation_known=kind is not None and _is_known(kind, command.limitation_on),
        responsible_adults=case.responsible_adults + 1 if _names_an_adult(command) else None,
        age_at_disposal=_age_at_disposal(command, facts),
        note=note,
    )
    seals = (*clock_seals(case.id, case.participant, after), *note_seal(case, note, command.answers))
    return Decision(facts=(provided, *clocks), timers=timers, seals=seals)


def _provided(command: c.ProvideInformation) -> tuple[str, ...]:
    given = {
        LIMITATION_FIELD: command.limitation or command.limitation_on,
        DISPOSAL_FIELD: command.disposal_at,
        DECIDED_FIELD: command.police_decided_at,
    }
    return (*(field for field, value in given.items() if value is not None), *command.answers)


def _age_at_disposal(command: c.ProvideInformation, facts: Facts) -> AgeBand | None:
    """The age on the day of a disposal that the referral had left out; never today's (domain.md 13.11)."""
    if command.disposal_at is None or facts.birth_date is None:
        return None
    return band_on(facts.birth_date, max(facts.birth_date, local_day(command.disposal_at)))


def _names_an_adult(command: c.ProvideInformation) -> bool:
    return any(pointer.startswith(ADULTS) and answer.strip() for pointer, answer in command.answers.items())


def _with_origins(dues: Dues, case: Case, command: c.ProvideInformation, now: datetime) -> Dues:
    """The due times as they follow from the answers; a door without a disposal takes none (domain.md 13.9)."""
    if command.disposal_at is not None and case.door is not Door.CRIME_OOCR:
        raise Refusal("disposal_on_this_door", door=case.door)
    behaviour = dues.origins.get(ClockOrigin.BEHAVIOUR_FROM)
    given = tuple(at for at in (command.disposal_at, command.police_decided_at) if at is not None)
    if behaviour is not None and any(at < behaviour for at in given):
        raise Refusal("decided_before_behaviour")
    if any(at > now for at in given):
        raise Refusal("origin_in_the_future")
    answers = {
        ClockOrigin.DISPOSAL: command.disposal_at,
        ClockOrigin.POLICE_DECIDED: command.police_decided_at,
    }
    return replace(dues, origins={**dues.origins, **{origin: at for origin, at in answers.items() if at is not None}})


def _limitation_kind(case: Case, kind: LimitationKind | None, on: datetime | None) -> LimitationKind | None:
    """Which limitation an answer states; a date alone completes the kind that the case has (domain.md 13.2)."""
    if kind is LimitationKind.DATE and on is None:
        raise Refusal("limitation_date_missing")
    stated = (case.limitation or LimitationKind.DATE) if kind is None and on is not None else kind
    if stated is LimitationKind.NONE and on is not None:
        raise Refusal("limitation_date_unexpected")
    return stated


def _is_known(kind: LimitationKind, on: datetime | None) -> bool:
    return kind is LimitationKind.NONE or on is not None


def _limited(dues: Dues, kind: LimitationKind | None, on: datetime | None) -> Dues:
    """The due times under a new limitation: its last day is included (domain.md 13.2)."""
    if kind is None:
        return dues
    others = {name: due for name, due in dues.supplied.items() if name != LIMITATION}
    supplied = others if on is None else {**others, LIMITATION: end_of_day(local_day(on))}
    return replace(dues, supplied=supplied)


def note_seal(case: Case, note: UUID | None, fields: Mapping[str, object]) -> tuple[Seal, ...]:
    """Seal free text under the participant's key; the event names only where (engine.md section 7)."""
    return () if note is None else (Seal(person=case.participant, ref=note, kind="note", fields=fields),)


RULES: Mapping[type[Command], Callable[..., Decision]] = {
    c.AmendReferral: _amend_referral,
    c.RequestInformation: _request_information,
    c.ProvideInformation: _provide_information,
}
