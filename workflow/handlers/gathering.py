"""Gather what a decision may look at: one row a command says which facts it needs, and nothing else is opened."""

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import partial
from types import MappingProxyType
from typing import Any
from uuid import UUID

from schemas import commands as c
from schemas.commands import Command
from schemas.vocabulary import ClockOrigin, OrganisationKind
from workflow.case.case import Case
from workflow.ports import Work
from workflow.rules.calendar import Calendar
from workflow.rules.distance import band
from workflow.rules.facts import Actor, Distance, Facts, Organisation
from workflow.rules.nearness import kept_away, near_affected, point_of
from workflow.schemes import Scheme

LOOK_AHEAD = timedelta(days=28)


@dataclass(frozen=True, slots=True)
class Needs:
    """Which facts a command needs besides policy, calendar and actor."""

    person: bool = False
    clocks: bool = False
    places: bool = False
    affected: bool = False
    open_slots: bool = False
    caseworkers: bool = False
    other_case: bool = False


ENDING = Needs(clocks=True)
ATTENDANCE = Needs(person=True, clocks=True)
NEEDS: Mapping[type[Command], Needs] = MappingProxyType(
    {
        c.AmendReferral: Needs(clocks=True),
        c.ConfirmMatch: Needs(clocks=True, other_case=True),
        c.ProvideInformation: Needs(person=True, clocks=True),
        c.AcceptReferral: Needs(person=True, clocks=True),
        c.DeclineReferral: ENDING,
        c.RecordYouthJusticeClearance: ENDING,
        c.AllocateCaseworker: Needs(caseworkers=True),
        c.RecordConsent: Needs(person=True),
        c.WithdrawConsent: ENDING,
        c.RecordContactDetails: Needs(affected=True),
        c.ProposePlan: Needs(person=True, clocks=True, places=True, open_slots=True),
        c.AgreePlan: Needs(person=True, clocks=True, places=True, open_slots=True),
        c.RevisePlan: Needs(person=True, clocks=True, places=True, open_slots=True),
        c.BookSession: Needs(person=True, clocks=True, places=True),
        c.RescheduleSession: Needs(person=True, clocks=True, places=True),
        c.StopSession: ATTENDANCE,
        c.RecordAttendance: ATTENDANCE,
        c.CorrectAttendance: ATTENDANCE,
        c.SubmitAbsenceEvidence: ATTENDANCE,
        c.ReturnToReferrer: ENDING,
        c.PauseCase: ENDING,
        c.ResumeCase: ENDING,
        c.WithdrawCase: ENDING,
        c.TransferCase: ENDING,
        c.AcceptTransfer: Needs(clocks=True, caseworkers=True),
        c.CompleteCase: ENDING,
        c.CloseWithoutFault: ENDING,
        c.ReopenCase: Needs(clocks=True, caseworkers=True),
        c.BreachClock: Needs(clocks=True),
        c.WarnOfClock: Needs(clocks=True),
    }
)
NOTHING = Needs()
Opened = Mapping[tuple[UUID, str], Mapping[str, Any]]
Others = Callable[[Iterable[UUID]], Awaitable[Mapping[UUID, Case]]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rulebook:
    """The schemes by tenant, and the calendar of working days."""

    schemes: Mapping[str, Scheme]
    calendar: Calendar


def needs_of(command: Command) -> Needs:
    """Return which facts the command needs."""
    return NEEDS.get(type(command), NOTHING)


async def gather(  # noqa: PLR0913 - who asks what of which case, and where it is looked up
    work: Work, book: Rulebook, case: Case, command: Command, actor: Actor, *, others: Others | None = None
) -> Facts:
    """Return the facts for one command about one case; slots named by it and caseworkers come locked.

    `others` reads other cases as they stand for whoever asks; without it they are read as they are stored.
    """
    needs, others = needs_of(command), others or partial(work.cases, case.tenant)
    register = await work.organisations(case.tenant)
    facts = Facts(
        policy=book.schemes[case.tenant].version(case.policy_version),
        calendar=book.calendar,
        actor=actor,
        case_id=case.id,
        provider=case.provider,
        providers=slugs(register, OrganisationKind.PROVIDER),
        youth_justice=youth_justice_for(register, case.district),
        agency_kind=case.governing.kind,
    )
    facts = await _sealed(work, case, command, facts)
    facts = await _places(work, case, command, facts, others)
    if needs.caseworkers:
        provider = case.transfer_to if isinstance(command, c.AcceptTransfer) and case.transfer_to else case.provider
        facts = replace(facts, caseworkers=await work.caseworkers(case.tenant, provider))
    if isinstance(command, c.ConfirmMatch):
        found = await others([command.other_case_id])
        facts = replace(facts, other_case=found.get(command.other_case_id))
    return facts


def slugs(register: Mapping[str, Organisation], kind: OrganisationKind) -> frozenset[str]:
    """Return the organisations of a kind."""
    return frozenset(slug for slug, row in register.items() if row.kind is kind)


def youth_justice_for(register: Mapping[str, Organisation], district: str | None) -> str | None:
    """Return the youth justice service of the home area, else the scheme's first (domain.md 13.28)."""
    services = sorted(slug for slug, row in register.items() if row.kind is OrganisationKind.YOUTH_JUSTICE)
    at_home = (slug for slug in services if district is not None and register[slug].area == district)
    return next(at_home, services[0] if services else None)


def sealed_of(case: Case, command: Command) -> Sequence[tuple[UUID, str]]:
    """Return what the command opens in the vault, as (person, kind)."""
    needs = needs_of(command)
    affected = [(person.token, "affected") for person in case.affected] if needs.places or needs.affected else []
    return [*((case.participant, kind) for kind in _kinds(needs)), *affected]


async def _sealed(work: Work, case: Case, command: Command, facts: Facts) -> Facts:
    wanted = sealed_of(case, command)
    if not wanted:
        return facts
    opened: Opened = await work.unseal(case.tenant, wanted)
    return replace(
        facts,
        birth_date=_birth_date(opened.get((case.participant, "participant"), {})),
        origins=_origins(opened.get((case.participant, "origins"), {})),
        limit_origins=_instants(opened.get((case.participant, "limits"), {})),
        affected_details=_affected(case, opened) if needs_of(command).affected else facts.affected_details,
        **(await _near(work, case, opened) if needs_of(command).places else {}),
    )


def _kinds(needs: Needs) -> tuple[str, ...]:
    person = ("participant",) if needs.person or needs.places else ()
    return (*person, "origins", "limits") if needs.clocks else person


def _birth_date(details: Mapping[str, Any]) -> date | None:
    return date.fromisoformat(details["birth_date"]) if "birth_date" in details else None


def _origins(details: Mapping[str, Any]) -> dict[ClockOrigin, datetime | None]:
    return {ClockOrigin(name): datetime.fromisoformat(at) if at else None for name, at in details.items()}


def _instants(details: Mapping[str, Any]) -> dict[str, datetime]:
    return {name: datetime.fromisoformat(at) for name, at in details.items() if at}


async def _near(work: Work, case: Case, opened: Opened) -> dict[str, Any]:
    """Return sites with their nearness to affected people, and the distance band of each from home."""
    sites = await work.sites(case.tenant, case.provider)
    participant = opened.get((case.participant, "participant"), {})
    home = point_of(participant)
    affected = _affected(case, opened)
    return {
        "sites": {name: replace(site, near_affected=near_affected(site, affected)) for name, site in sites.items()},
        "kept_away": kept_away(sites, participant),
        "distances": {
            name: band(home, (site.longitude, site.latitude)) if home else Distance.UNKNOWN
            for name, site in sites.items()
        },
    }


def _affected(case: Case, opened: Opened) -> Mapping[UUID, Mapping[str, Any]]:
    return {person.token: opened.get((person.token, "affected"), {}) for person in case.affected}


async def _places(work: Work, case: Case, command: Command, facts: Facts, others: Others) -> Facts:
    named = _named_slots(case, command)
    slots = dict(await work.slots(case.tenant, named)) if named else {}
    if needs_of(command).open_slots:
        now = await work.now()
        slots |= await work.open_slots(case.tenant, case.provider, now, now + LOOK_AHEAD)
    if not slots:
        return facts
    apart = (await work.kept_apart(case.tenant, [case.id]))[case.id]
    found = await others(apart) if apart else {}
    avoided = tuple(session for other in found.values() for session in other.open_sessions)
    return replace(facts, slots=slots, must_not_meet=apart, avoided=avoided)


def _named_slots(case: Case, command: Command) -> Sequence[str]:
    """Return the slots that the command claims or gives back, in the order in which they are locked."""
    named = {command.slot} if isinstance(command, c.BookSession | c.RescheduleSession) else set()
    held = case.session(command.session) if isinstance(command, c.RescheduleSession) else None
    return sorted(named | ({held.slot} if held else set()))
