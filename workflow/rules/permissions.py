"""Who may ask for what: one row a command, read aloud by the generated documentation (contracts section 8).

A role holds only inside its engagement: the actor's organisation is the case's provider, or one of its referrers.
Whatever is absent from a row is refused; operators, evaluators and auditors stand in no row.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from schemas import commands as c
from schemas.commands import Command
from schemas.vocabulary import OrganisationKind, Role
from workflow.case.case import Case
from workflow.case.parties import referrer_of
from workflow.rules.facts import Actor

# No organisation may be registered under this name.
TIMEKEEPER = Actor(id="timekeeper", organisation="timekeeper", kind=OrganisationKind.PROVIDER)
AGENCIES = frozenset({OrganisationKind.POLICE, OrganisationKind.YOUTH_JUSTICE, OrganisationKind.HOUSING})


@dataclass(frozen=True, slots=True, kw_only=True)
class Permission:
    """Which roles at the provider, and which kinds of referring agency, may ask for a command.

    `governing`: of several referrers the one alone whose authorisation governs (domain.md 13.10).
    """

    command: type[Command]
    roles: frozenset[Role] = frozenset()
    agencies: frozenset[OrganisationKind] = frozenset()
    governing: bool = False
    clearing_service: bool = False
    receiving_provider: bool = False
    timekeeper: bool = False


_TRIAGE = frozenset({Role.TRIAGE, Role.MANAGER})
_CASEWORK = frozenset({Role.CASEWORKER, Role.MANAGER})
_INTAKE_OR_CASEWORK = _TRIAGE | _CASEWORK
_CONTACT = frozenset({Role.AFFECTED_PERSON_WORKER, Role.MANAGER})
_ATTENDANCE = frozenset({Role.SUPERVISOR, Role.CASEWORKER, Role.MANAGER})
_MANAGER = frozenset({Role.MANAGER})
_POLICE = frozenset({OrganisationKind.POLICE})

_ROWS: tuple[Permission, ...] = (
    Permission(command=c.SubmitReferral, roles=_TRIAGE, agencies=AGENCIES),
    Permission(command=c.AmendReferral, agencies=AGENCIES),
    Permission(command=c.ConfirmMatch, roles=_TRIAGE),
    Permission(command=c.RejectMatch, roles=_TRIAGE),
    Permission(command=c.RequestInformation, roles=_TRIAGE),
    Permission(command=c.ProvideInformation, roles=_TRIAGE, agencies=AGENCIES, governing=True),
    Permission(command=c.AcceptReferral, roles=_TRIAGE),
    Permission(command=c.DeclineReferral, roles=_TRIAGE),
    Permission(command=c.RecordYouthJusticeClearance, roles=_TRIAGE, clearing_service=True),
    Permission(command=c.AllocateCaseworker, roles=_TRIAGE),
    Permission(command=c.RecordConsent, roles=_CASEWORK),
    Permission(command=c.WithdrawConsent, roles=_CASEWORK),
    Permission(command=c.RecordResponsibility, roles=_INTAKE_OR_CASEWORK),
    Permission(command=c.AssessRisk, roles=_CASEWORK),
    Permission(command=c.StopSession, roles=_ATTENDANCE),
    Permission(command=c.RecordContactDetails, roles=_CONTACT),
    Permission(command=c.RecordContactAttempt, roles=_CONTACT),
    Permission(command=c.RecordViews, roles=_CONTACT),
    Permission(command=c.ChooseUpdatesOnly, roles=_CONTACT),
    Permission(command=c.DeclineInvolvement, roles=_CONTACT),
    Permission(command=c.MarkUnreachable, roles=_CONTACT),
    Permission(command=c.MarkDoNotContact, roles=_CONTACT),
    Permission(command=c.WithdrawAffectedPerson, roles=_CONTACT),
    Permission(command=c.RecordSatisfaction, roles=_CONTACT),
    Permission(command=c.ProposePlan, roles=_CASEWORK),
    Permission(command=c.AgreePlan, roles=_CASEWORK),
    Permission(command=c.RevisePlan, roles=_CASEWORK),
    Permission(command=c.BookSession, roles=_CASEWORK),
    Permission(command=c.RescheduleSession, roles=_CASEWORK),
    Permission(command=c.CancelSession, roles=_ATTENDANCE),
    Permission(command=c.RecordAttendance, roles=_ATTENDANCE),
    Permission(command=c.CorrectAttendance, roles=_ATTENDANCE),
    Permission(command=c.SubmitAbsenceEvidence, roles=_CASEWORK),
    Permission(command=c.AdjustTravel, roles=_CASEWORK),
    Permission(command=c.IssueWarning, roles=_CASEWORK),
    Permission(command=c.WithdrawWarning, roles=_CASEWORK),
    Permission(command=c.IssueFinalWarning, roles=_CASEWORK),
    Permission(command=c.ReturnToReferrer, roles=_CASEWORK),
    Permission(command=c.PauseCase, roles=_CASEWORK),
    Permission(command=c.ResumeCase, roles=_CASEWORK),
    Permission(command=c.WithdrawCase, roles=_INTAKE_OR_CASEWORK, agencies=AGENCIES, governing=True),
    Permission(command=c.TransferCase, roles=_MANAGER),
    Permission(command=c.AcceptTransfer, roles=_TRIAGE, receiving_provider=True),
    Permission(command=c.CompleteCase, roles=_MANAGER),
    Permission(command=c.CloseWithoutFault, roles=_MANAGER),
    Permission(command=c.ReopenCase, roles=_MANAGER),
    Permission(command=c.FlagReoffending, roles=_MANAGER, agencies=_POLICE),
    Permission(command=c.WarnOfClock, timekeeper=True),
    Permission(command=c.BreachClock, timekeeper=True),
    Permission(command=c.TellOfBreach, timekeeper=True),
    Permission(command=c.RemindOfSession, timekeeper=True),
)
PERMISSIONS: Mapping[type[Command], Permission] = MappingProxyType({row.command: row for row in _ROWS})


def may(actor: Actor, command: type[Command], case: Case) -> bool:
    """Whether the actor may ask for the command about this case."""
    row = PERMISSIONS[command]
    if actor.organisation == TIMEKEEPER.organisation:
        return row.timekeeper
    if actor.kind is OrganisationKind.PROVIDER:
        ours = {case.provider, case.transfer_to} if row.receiving_provider else {case.provider}
        return actor.organisation in ours and bool(actor.roles & row.roles)
    return _as_agency(actor, row, case)


def may_refer(actor: Actor) -> bool:
    """Whether the actor may open a case: an agency, or triage that types a referral in by hand."""
    row = PERMISSIONS[c.SubmitReferral]
    return actor.kind in row.agencies or (actor.kind is OrganisationKind.PROVIDER and bool(actor.roles & row.roles))


def permission_rows() -> Iterator[tuple[str, ...]]:
    """Yield a head and one row a command for the generated permission table, all in words."""
    yield ("command", *(str(role) for role in Role), "agencies that referred", "others")
    for row in PERMISSIONS.values():
        marks = ("yes" if role in row.roles else "" for role in Role)
        yield (row.command.__name__, *marks, ", ".join(sorted(row.agencies)), ", ".join(_others(row)))


def _as_agency(actor: Actor, row: Permission, case: Case) -> bool:
    """An agency speaks for its own referrals; youth justice also where it was asked to clear (domain.md 13.6)."""
    referrer = referrer_of(case, actor.organisation)
    if row.clearing_service and actor.kind is OrganisationKind.YOUTH_JUSTICE:
        return referrer is not None or actor.organisation == case.clearance_agency
    return referrer is not None and actor.kind in row.agencies and (referrer.governs or not row.governing)


def _others(row: Permission) -> Iterator[str]:
    if row.governing:
        yield "of several agencies the governing one"
    if row.clearing_service:
        yield "the youth justice service that clears"
    if row.receiving_provider:
        yield "at the receiving provider"
    if row.timekeeper:
        yield "the timekeeper"
