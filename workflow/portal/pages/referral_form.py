"""A referral typed in by hand: the form becomes the message that an agency would send, and is read so."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from schemas.vocabulary import (
    AgencyKind,
    AsbHeading,
    AsbType,
    Basis,
    BehaviourKind,
)
from workflow.portal.bodies import whole_number
from workflow.portal.pages.forms import instant_of
from workflow.portal.pages.words import OPTIONS
from workflow.portal.wording import DOOR_WORDS, titled


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One input; `path` is its JSON pointer in the message."""

    path: str
    label: str
    kind: str = "text"
    options: tuple[tuple[str, str], ...] = ()
    help: str = ""
    needed: bool = False

    @property
    def id(self) -> str:
        """The input's name on the page."""
        return self.path.strip("/").replace("/", ".")


def _choices(words: Any) -> tuple[tuple[str, str], ...]:
    return tuple((str(word), titled(word)) for word in words)


def _words(words: Mapping[Any, str]) -> tuple[tuple[str, str], ...]:
    return tuple((str(word), said[:1].upper() + said[1:]) for word, said in words.items())


YES_OR_NO = (("true", "Yes"), ("false", "No"))
PHONE = "For example 07700 900123."

SECTIONS: tuple[tuple[str, tuple[Field, ...]], ...] = (
    (
        "The referral",
        (
            Field(path="/referrer_reference", label="The referrer's own reference", needed=True),
            Field(path="/sent_at", label="When it was sent", kind="datetime-local", needed=True),
            Field(
                path="/door",
                label="Crime or no crime",
                kind="select",
                options=_words(DOOR_WORDS),
                needed=True,
            ),
            Field(
                path="/basis",
                label="Basis",
                kind="select",
                options=_choices(Basis),
                help="The decision behind the referral, for example a community resolution.",
                needed=True,
            ),
            Field(path="/police_decided_at", label="When the police decided to refer", kind="datetime-local"),
            Field(path="/disposal_at", label="When the disposal was given (crime only)", kind="datetime-local"),
            Field(
                path="/limitation/kind",
                label="Is there a last day for bringing a charge?",
                kind="select",
                options=_words(OPTIONS["limitation"]),
                help="As the referrer says; it is never worked out here.",
            ),
            Field(path="/limitation/on", label="Last day for bringing a charge", kind="date"),
        ),
    ),
    (
        "The behaviour",
        (
            Field(
                path="/behaviour/kind",
                label="Kind of behaviour",
                kind="select",
                options=_choices(BehaviourKind),
                needed=True,
            ),
            Field(path="/behaviour/from", label="When it began", kind="datetime-local", needed=True),
            Field(path="/behaviour/to", label="When it ended", kind="datetime-local"),
            Field(path="/behaviour/place/text", label="Where"),
            Field(path="/behaviour/description", label="What happened", kind="textarea"),
            Field(
                path="/behaviour/asb_type",
                label="Type of anti-social behaviour",
                kind="select",
                options=_choices(AsbType),
            ),
            Field(
                path="/behaviour/asb_heading",
                label="Heading of anti-social behaviour",
                kind="select",
                options=_choices(AsbHeading),
                help="As the police record it, for example rowdy.",
            ),
        ),
    ),
    (
        "The participant",
        (
            Field(path="/participant/given_name", label="Given name", needed=True),
            Field(path="/participant/family_name", label="Family name", needed=True),
            Field(path="/participant/birth_date", label="Birth date", kind="date", needed=True),
            Field(path="/participant/phone", label="Phone", help=PHONE),
            Field(path="/participant/address", label="Address", kind="textarea"),
            Field(path="/participant/postcode", label="Postcode", help="For example DE1 2AB."),
            Field(
                path="/participant/home_local_authority",
                label="Home local authority",
                help="Its code in the national statistics: E06000015 is Derby.",
            ),
        ),
    ),
    (
        "Responsibility and authorisation",
        (
            Field(
                path="/responsibility/kind",
                label="What the participant says about responsibility",
                kind="select",
                options=_words(OPTIONS["kind"]),
            ),
            Field(path="/responsibility/recorded_by", label="Who recorded it", help="For example PC Strand."),
            Field(path="/responsibility/at", label="When it was recorded", kind="datetime-local"),
            Field(
                path="/authorisation/minutes",
                label="Minutes authorised",
                kind="number",
                help="In minutes: 10 hours are 600.",
                needed=True,
            ),
        ),
    ),
    (
        "Who was affected (leave empty if nobody)",
        (
            Field(
                path="/affected_people/0/reference",
                label="The referrer's key for this person",
                help="As the organisation's own files name the person, for example ap-1.",
            ),
            Field(
                path="/affected_people/0/kind",
                label="Person, business or community",
                kind="select",
                options=_choices(("person", "business", "community")),
            ),
            Field(path="/affected_people/0/given_name", label="Given name of the affected person"),
            Field(path="/affected_people/0/family_name", label="Family name of the affected person"),
            Field(path="/affected_people/0/phone", label="Phone of the affected person", help=PHONE),
            Field(
                path="/affected_people/0/permission_to_contact",
                label="Agreed to be contacted",
                kind="select",
                options=YES_OR_NO,
            ),
            Field(path="/affected_people/0/wants_updates", label="Wants updates", kind="select", options=YES_OR_NO),
        ),
    ),
    (
        "Only from housing",
        (
            Field(
                path="/referrer_kind",
                label="Kind of referrer",
                kind="select",
                options=_choices(("landlord", "council_asb_team", "environmental_health", "warden", "fire")),
            ),
            Field(
                path="/ladder_step",
                label="Step already taken",
                kind="select",
                options=_choices(("cpw", "cpn", "tenancy_warning", "abc")),
                help="CPW: community protection warning. CPN: its notice. ABC: acceptable behaviour contract.",
            ),
        ),
    ),
)
FIELDS: tuple[Field, ...] = tuple(field for _, fields in SECTIONS for field in fields)


def message_of(form: Mapping[str, Any], agency: str, kind: AgencyKind, message_id: UUID) -> dict[str, Any]:
    """Return the message that the filled-in form stands for; what was left empty is left out."""
    message: dict[str, Any] = {"message_id": str(message_id), "agency": agency}
    # These parts are asked for whatever was filled in, so that each missing field is told by its own name.
    message |= {"behaviour": {"place": {}}, "participant": {}, "authorisation": {}}
    for field in FIELDS:
        text = str(form.get(field.id, "")).strip()
        if text and not (field.path in HOUSING_ONLY and kind is not AgencyKind.HOUSING):
            _put(message, field.path.strip("/").split("/"), _value(field, text))
    return message


HOUSING_ONLY = frozenset({"/referrer_kind", "/ladder_step"})


def _value(field: Field, text: str) -> object:
    if field.kind == "datetime-local":
        return instant_of(text)
    if field.kind == "number" and (number := whole_number(text)) is not None:
        return number
    return text == "true" if text in {"true", "false"} else text


def _put(message: dict[str, Any], steps: list[str], value: object) -> None:
    for at, step in enumerate(steps[:-1]):
        if steps[at + 1] == "0":
            message = message.setdefault(step, [{}])[0]
        elif step != "0":
            message = message.setdefault(step, {})
    message[steps[-1]] = value
