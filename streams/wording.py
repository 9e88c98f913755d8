"""What people are told, in plain words: one row an audience and a kind. Names are put in at sending, never before."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Any, Final
from zoneinfo import ZoneInfo

from schemas.vocabulary import ActivityKind, Audience

LONDON: Final = ZoneInfo("Europe/London")
AFFECTED, PARTICIPANT = Audience.AFFECTED_PERSON, Audience.PARTICIPANT


NO_SITES: Final[Mapping[str, str]] = MappingProxyType({})
UNNAMED: Final = "a place that you can ask us for"
ACTIVITIES: Final[Mapping[str, str]] = MappingProxyType(
    {
        ActivityKind.LITTER_PICKING: "litter picking",
        ActivityKind.GRAFFITI_CLEANING: "cleaning off graffiti",
        ActivityKind.MEMORIAL_CLEANING: "cleaning a memorial",
        ActivityKind.BASIC_REPAIR: "simple repairs",
        ActivityKind.COMMUNITY_CLEAN_UP: "cleaning up in the community",
        ActivityKind.COMMUNITY_GARDEN: "work in a community garden",
        ActivityKind.CHARITY_SHOP: "helping in a charity shop",
        ActivityKind.FOODBANK: "helping at a food bank",
        ActivityKind.DIRECT_REPAIR: "putting the damage right",
        ActivityKind.ASB_WORKSHOP: "a workshop about anti-social behaviour",
        ActivityKind.WRITTEN_APOLOGY: "writing an apology",
        ActivityKind.FACE_TO_FACE_APOLOGY: "an apology face to face",
        ActivityKind.WRITTEN_ASSIGNMENT: "a piece of writing",
        ActivityKind.MEDIATION: "mediation",
        ActivityKind.SHUTTLE_CONFERENCE: "talking through a go-between",
        ActivityKind.PAY_FOR_DAMAGE: "paying for the damage",
        ActivityKind.STRUCTURED_ACTIVITY: "a structured activity",
    }
)


@dataclass(frozen=True, slots=True)
class Words:
    """The words of one kind of notice; `{...}` stands for its fields."""

    subject: str
    body: str


class NoWordsError(LookupError):
    """A notice of a kind that nobody has put into words."""


WORDS: Final[Mapping[tuple[Audience, str], Words]] = MappingProxyType(
    {
        (AFFECTED, "not_taken_on"): Words(
            "What happens next",
            "You asked to hear about what was reported. The scheme has not taken this on. "
            "The organisation you spoke to can tell you what else can be done.",
        ),
        (AFFECTED, "plan_agreed"): Words("Work has been agreed", "Work to put things right was agreed: {activities}."),
        (AFFECTED, "started"): Words("Work has started", "Work to put things right has started: {activities}."),
        (AFFECTED, "start_corrected"): Words(
            "A correction",
            "We told you that work had started. That was a mistake: it has not started yet. We are sorry.",
        ),
        (AFFECTED, "did_not_complete"): Words(
            "The work was not finished",
            "The agreed work was not finished. The matter went back to the organisation that sent it to us.",
        ),
        (AFFECTED, "ended"): Words("The scheme's part has ended", "The scheme's part in this has ended."),
        (AFFECTED, "concluded"): Words(
            "The work is done", "The work to put things right is done: {activities}. Hours of work: {hours_done}."
        ),
        (PARTICIPANT, "caseworker_named"): Words(
            "Your caseworker", "You have a caseworker now. He or she will get in touch with you."
        ),
        (PARTICIPANT, "plan_agreed"): Words(
            "Your plan",
            "Your plan is agreed: {activities}, {agreed_minutes} in all. {consequence}",
        ),
        (PARTICIPANT, "plan_revised"): Words(
            "Your plan has changed", "Your plan is now: {activities}, {agreed_minutes} in all."
        ),
        (PARTICIPANT, "session_booked"): Words(
            "Your session", "Please come to {site} on {starts_at}, until {ends_at}. You will do: {activity}."
        ),
        (PARTICIPANT, "session_rescheduled"): Words(
            "Your session has moved", "Please come to {site} on {starts_at} instead, until {ends_at}: {activity}."
        ),
        (PARTICIPANT, "session_cancelled"): Words(
            "Your session is cancelled", "Your session on {starts_at} will not take place. You need not come."
        ),
        (PARTICIPANT, "session_reminder"): Words("Your session", "Your session is at {site} on {starts_at}."),
        (PARTICIPANT, "session_missed"): Words(
            "You missed a session",
            "You were not at your session on {starts_at}. If you had a good reason, tell us now.",
        ),
        (PARTICIPANT, "session_failed"): Words(
            "Your session did not count as it should",
            "At your session on {starts_at} something went wrong. If you had a good reason, tell us now.",
        ),
        (PARTICIPANT, "attendance_corrected"): Words(
            "A correction",
            "We have changed what our record says of your session on {starts_at}. Ask us what it says now.",
        ),
        (PARTICIPANT, "warned"): Words(
            "A warning", "This is a warning. If you do not do what was agreed: {consequence}"
        ),
        (PARTICIPANT, "final_warned"): Words(
            "A final warning", "This is your final warning. If you do not do what was agreed: {consequence}"
        ),
        (PARTICIPANT, "warning_withdrawn"): Words("A warning is withdrawn", "We have taken back the warning you got."),
        (PARTICIPANT, "returned"): Words(
            "The scheme's part has ended",
            "The matter went back to the organisation that sent you to us. What may follow: {consequence}",
        ),
        (PARTICIPANT, "withdrawn"): Words("The scheme's part has ended", "You no longer take part in the scheme."),
        (PARTICIPANT, "completed"): Words(
            "You have finished", "You have done what was agreed: {credited_minutes}. Thank you."
        ),
    }
)


def worded(
    audience: Audience,
    kind: str,
    fields: Mapping[str, Any],
    consequences: Mapping[str, str],
    sites: Mapping[str, str] = NO_SITES,
) -> Words:
    """Return subject and body of a notice; NoWordsError for a kind without words.

    `consequences` are the scheme's sentences by key, `sites` the names of its places by id.
    """
    words = WORDS.get((audience, kind))
    if words is None:
        raise NoWordsError(f"{audience}: {kind}")
    known = {"consequence": consequences, "site": sites}
    said = _Said({name: _said(name, value, known.get(name, {})) for name, value in fields.items()})
    return Words(words.subject, words.body.format_map(said))


class _Said(dict[str, str]):
    """What a notice does not say, its words leave open."""

    def __missing__(self, name: str) -> str:
        return "(ask us)"


def _said(name: str, value: Any, known: Mapping[str, str]) -> str:
    if name == "site":
        return known.get(str(value), UNNAMED)
    if name.endswith("_minutes"):
        return duration(int(value))
    if name in {"starts_at", "ends_at"}:
        return moment(datetime.fromisoformat(value))
    words = [known.get(str(one)) or ACTIVITIES.get(str(one)) or plain(str(one)) for one in _list(value)]
    return ", ".join(words)


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def plain(word: str) -> str:
    """Return a word of the wire as people read it."""
    return word.replace("_", " ").replace("-", " ")


def duration(minutes: int) -> str:
    """Return whole minutes as hours and minutes."""
    hours, rest = divmod(minutes, 60)
    parts = [f"{hours} hours" if hours != 1 else "1 hour"] if hours else []
    return " ".join([*parts, f"{rest} minutes"] if rest or not parts else parts)


def moment(at: datetime) -> str:
    """Return an instant as people in England and Wales write it."""
    here = at.astimezone(LONDON)
    return f"{here:%A} {here.day} {here:%B %Y} at {here:%H:%M}"
