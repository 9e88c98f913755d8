"""Plain words for what the engine says in codes, and the two forms of a refusal (contracts section 3)."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from schemas.vocabulary import AttendanceOutcome, CaseState, ClockOrigin, OrganisationKind
from workflow.machine.decisions import REASONS
from workflow.portal.permissions import KNOWING_ROLES
from workflow.portal_ports import Caller

OUTCOME_WORDS: Mapping[AttendanceOutcome, str] = MappingProxyType(
    {
        AttendanceOutcome.ATTC: "Came and complied",
        AttendanceOutcome.AFTC: "Came and failed to comply: late repeatedly, unfit, left early, no protective kit",
        AttendanceOutcome.AFDA: "Came; a failure that is deemed acceptable",
        AttendanceOutcome.ATSH: "Came and was sent home for behaviour",
        AttendanceOutcome.ATSS: "Came and was sent home for a reason of the service",
        AttendanceOutcome.ATCH: "Came; the hours run beside another order's",
        AttendanceOutcome.ATFI: "Failed another instruction",
        AttendanceOutcome.UACP: "Did not come, for no acceptable reason",
        AttendanceOutcome.AAME: "Did not come: medical reason",
        AttendanceOutcome.AAEM: "Did not come: work",
        AttendanceOutcome.AAFC: "Did not come: family or childcare",
        AttendanceOutcome.AACL: "Did not come: court or legal reason",
        AttendanceOutcome.AARC: "Did not come: in custody (RIC)",
        AttendanceOutcome.CO05: "Did not come: acceptable by professional judgement",
        AttendanceOutcome.AASD: "Stood down by the service beforehand",
        AttendanceOutcome.RSSR: "Rescheduled by the service",
        AttendanceOutcome.RSOF: "Rescheduled at the participant's request",
        AttendanceOutcome.CO40: "Suspended",
    }
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
    """Return what came of a session, short, with its code."""
    words = OUTCOME_WORDS[AttendanceOutcome(str(code))]
    return f"{words.partition(':')[0]} ({code})"


def titled(word: object) -> str:
    """Return the same with a capital."""
    text = plain(word)
    return text[:1].upper() + text[1:]


def clock_words(name: str, origin: object = None) -> str:
    """Return a clock as people name it, with what it counts from."""
    if name == "start_48h":
        return f"48 hours from {ORIGIN_WORDS.get(str(origin), plain(origin))}"
    return f"limit of {plain(name)}"


def command_words(name: str) -> str:
    """Return a command's name as the button that asks for it: RecordAttendance -> Record attendance."""
    parts = "".join(f" {letter.lower()}" if letter.isupper() else letter for letter in name).strip()
    return parts[:1].upper() + parts[1:]


def event_words(wire: str) -> str:
    """Return a fact's wire name as a plain sentence: case.session.attended -> Session attended."""
    return titled(" ".join(wire.split(".")[1:]))
