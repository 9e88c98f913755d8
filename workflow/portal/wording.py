"""Plain words for what the engine says in codes, and the two forms of a refusal (contracts section 3)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from schemas.vocabulary import AttendanceOutcome, CaseState, ClockOrigin, Door, OrganisationKind
from workflow.case.case import Case
from workflow.machine.decisions import REASONS
from workflow.portal.permissions import KNOWING_ROLES
from workflow.portal_ports import Caller

# What happened at a session, as a form asks for it: grouped, in words, each with its code.
OUTCOME_GROUPS: Mapping[str, Mapping[AttendanceOutcome, str]] = MappingProxyType(
    {
        "The participant came": {
            AttendanceOutcome.ATTC: "Came and complied",
            AttendanceOutcome.AFTC: "Came and failed to comply: late repeatedly, unfit, left early, no protective kit",
            AttendanceOutcome.AFDA: "Came; a failure that is deemed acceptable",
            AttendanceOutcome.ATSH: "Came and was sent home for behaviour",
            AttendanceOutcome.ATSS: "Came and was sent home for a reason of the service",
            AttendanceOutcome.ATCH: "Came; the hours run beside another order's",
        },
        "The participant did not come": {
            AttendanceOutcome.UACP: "Did not come, for no acceptable reason",
            AttendanceOutcome.AAME: "Did not come: medical reason",
            AttendanceOutcome.AAEM: "Did not come: work",
            AttendanceOutcome.AAFC: "Did not come: family or childcare",
            AttendanceOutcome.AACL: "Did not come: court or legal reason",
            AttendanceOutcome.AARC: "Did not come: in custody",
            AttendanceOutcome.CO05: "Did not come: acceptable by professional judgement",
        },
        "The session did not take place for the participant": {
            AttendanceOutcome.AASD: "Stood down by the service beforehand",
            AttendanceOutcome.RSSR: "Moved to another time by the service",
            AttendanceOutcome.RSOF: "Moved to another time at the participant's request",
            AttendanceOutcome.CO40: "Suspended",
        },
        "Something else": {AttendanceOutcome.ATFI: "Failed another instruction"},
    }
)
OUTCOME_WORDS: Mapping[AttendanceOutcome, str] = MappingProxyType(
    {code: words for group in OUTCOME_GROUPS.values() for code, words in group.items()}
)
ABBREVIATIONS: Mapping[str, str] = MappingProxyType({"asb": "ASB", "abc": "ABC", "cpw": "CPW", "cpn": "CPN"})
ORIGIN_WORDS: Mapping[str, str] = MappingProxyType(
    {
        ClockOrigin.BEHAVIOUR_FROM: "the behaviour",
        ClockOrigin.REFERRAL_SENT: "the sending of the referral",
        ClockOrigin.POLICE_DECIDED: "the decision of the police",
        ClockOrigin.DISPOSAL: "the disposal",
    }
)
# State -> what is usually done next in it; every other action that is allowed stands under "More".
USUAL: Mapping[CaseState, tuple[str, ...]] = MappingProxyType(
    {
        CaseState.RECEIVED: ("AcceptReferral", "RequestInformation", "DeclineReferral"),
        CaseState.AWAITING_INFORMATION: ("ProvideInformation", "DeclineReferral"),
        CaseState.ACCEPTED: ("AllocateCaseworker", "RecordYouthJusticeClearance"),
        CaseState.ASSESSING: ("RecordConsent", "AssessRisk", "RecordViews", "ProposePlan", "AgreePlan"),
        CaseState.PLAN_AGREED: ("BookSession", "RevisePlan"),
        CaseState.SCHEDULED: ("BookSession", "RescheduleSession", "CancelSession"),
        CaseState.ACTIVE: ("BookSession", "RescheduleSession", "CancelSession", "IssueWarning"),
        CaseState.HOURS_MET: ("CompleteCase",),
        CaseState.PAUSED: ("ResumeCase",),
    }
)
# What waits for a person before anything else is decided: a possible match to somebody the scheme knows.
MATCHING = ("ConfirmMatch", "RejectMatch")
BUTTONS: Mapping[str, str] = MappingProxyType(
    {
        "ConfirmMatch": "Confirm a possible match",
        "RejectMatch": "Dismiss a possible match",
        "RescheduleSession": "Move a session",
        "FlagReoffending": "Record new behaviour",
    }
)
DOOR_WORDS: Mapping[Door, str] = MappingProxyType(
    {Door.CRIME_OOCR: "crime dealt with out of court", Door.NO_CRIME: "no crime"}
)
COVERS = frozenset(reason.cover for reason in REASONS.values() if reason.cover)


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """A refusal as one caller may read it."""

    code: str
    rule: str
    remedy: str
    facts: Mapping[str, object]


def knows(caller: Caller) -> bool:
    """Whether the caller may learn that an affected person's safety is behind a refusal."""
    return caller.kind is OrganisationKind.PROVIDER and bool(caller.roles & KNOWING_ROLES)


def refused(code: str, facts: Mapping[str, object], caller: Caller) -> Refused:
    """Return the full form for those who may know, else the cover: equal in every part to an ordinary refusal."""
    shown = code if knows(caller) else REASONS[code].cover or code
    # An ordinary refusal of a code that covers others tells no facts either, or the two could be told apart.
    told = facts if knows(caller) or (shown == code and code not in COVERS) else {}
    if caller.kind is not OrganisationKind.PROVIDER:
        told = {}
    reason = REASONS[shown]
    return Refused(code=shown, rule=reason.rule, remedy=reason.remedy, facts=MappingProxyType(dict(told)))


def plain(word: object) -> str:
    """Return a code or a value of a closed list as people read it."""
    text = " ".join(ABBREVIATIONS.get(part, part) for part in str(word).split("_"))
    return text.replace("anti social", "anti-social")


def outcome_words(code: object) -> str:
    """Return what came of a session, in short words."""
    words, _, rest = OUTCOME_WORDS[AttendanceOutcome(str(code))].partition(":")
    return f"{words}:{rest}" if words == "Did not come" else words


def titled(word: object) -> str:
    """Return the same with a capital."""
    text = plain(word)
    return text[:1].upper() + text[1:]


def short(case_id: object) -> str:
    """Return a case's short reference, as people quote it."""
    return str(case_id)[:8]


def case_words(case: Case) -> str:
    """Return what tells a case from others, without a name: criminal damage by an adult, no crime, active."""
    by = "a child" if case.is_child else "an adult"
    return f"{plain(case.behaviour)} by {by}, {DOOR_WORDS[case.door]}, {plain(case.state)}"


def fields_words(pointers: Iterable[str]) -> str:
    """Return the fields that JSON pointers lead to, by their names: limitation, responsible adults."""
    steps = ([step for step in pointer.split("/") if not step.isdecimal()] for pointer in pointers)
    return ", ".join(dict.fromkeys(plain(named[-1]) for named in steps))


def usual(case: Case) -> tuple[str, ...]:
    """Return what is usually done next with a case; a possible match is decided first."""
    return (MATCHING if case.unresolved_match else ()) + USUAL.get(case.state, ())


def clock_words(name: str, origin: object = None) -> str:
    """Return a clock as people name it, with what it counts from."""
    if name == "start_48h":
        return f"48 hours from {ORIGIN_WORDS.get(str(origin), plain(origin))}"
    return f"limit of {plain(name)}"


def command_words(name: str) -> str:
    """Return a command's name as the button that asks for it: RecordAttendance -> Record attendance."""
    if name in BUTTONS:
        return BUTTONS[name]
    parts = "".join(f" {letter.lower()}" if letter.isupper() else letter for letter in name).strip()
    return parts[:1].upper() + parts[1:]


def event_words(wire: str) -> str:
    """Return a fact's wire name as a plain sentence: case.session.attended -> Session attended."""
    return titled(" ".join(wire.split(".")[1:]))
