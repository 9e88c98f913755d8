"""What every referral says, whichever agency sends it (contracts section 2)."""

from typing import Annotated
from uuid import UUID

from pydantic import Field

from schemas.referrals.fields import (
    Day,
    Email,
    FreeText,
    Latitude,
    Line,
    Longitude,
    Minutes,
    Moment,
    Part,
    Phone,
    Postcode,
    Slug,
    YesNo,
)
from schemas.referrals.lists import ConsentPurpose
from schemas.referrals.people import AffectedPerson, Participant
from schemas.vocabulary import AsbHeading, AsbType, Basis, BehaviourKind, Door, LimitationKind, Purpose, Responsibility


class OfficerContact(Part):
    """Whom to ask at the referring agency."""

    name: Line
    phone: Phone | None = None
    email: Email | None = None


class BehaviourPlace(Part):
    """Where it happened; longitude and latitude come together or not at all."""

    text: FreeText | None = None
    longitude: Longitude | None = None
    latitude: Latitude | None = None
    postcode: Postcode | None = None


class Behaviour(Part):
    """What was done, when and where."""

    began_at: Moment = Field(alias="from", description="When it began; the origin of one of the four start clocks.")
    ended_at: Moment | None = Field(default=None, alias="to", description="When it ended, if it lasted.")
    kind: BehaviourKind
    description: FreeText | None = Field(default=None, description="As people write it.")
    place: BehaviourPlace
    asb_type: AsbType | None = None
    asb_heading: AsbHeading | None = None


class Limitation(Part):
    """The last day for other proceedings: supplied, never derived (domain.md 13.2)."""

    kind: LimitationKind
    on: Day | None = Field(default=None, description="Needed for kind `date`; asked for later for `summary_only`.")
    decided_by: Line | None = None
    decided_at: Moment | None = None


class Condition(Part):
    """One condition with its purpose, in minutes (domain.md 13.4)."""

    purpose: Purpose
    minutes: Minutes


class Authorisation(Part):
    """How much the referrer authorises, in minutes of reparation; the plan may use less, never more."""

    minutes: Minutes = Field(description="Minutes of reparation; a workshop does not count.")
    conditions: Annotated[tuple[Condition, ...], Field(max_length=20)] = ()
    complete_by: Day | None = None


class ResponsibilityRecord(Part):
    """What was recorded about responsibility for the behaviour, by whom and when."""

    kind: Responsibility
    recorded_by: Line
    at: Moment


class ConsentRecord(Part):
    """A permission for one purpose, given or not."""

    purpose: ConsentPurpose
    given: YesNo
    at: Moment
    by: Line = Field(description="Who gave or withheld it.")


class ReferralCore(Part):
    """The shared core of the three referrals."""

    message_id: UUID = Field(description="Identity of this message; the same id with the same body is a repeat.")
    sent_at: Moment
    referrer_reference: Line = Field(description="The referrer's own reference; the key of the topic.")
    agency: Slug = Field(description="Informational: the credential decides who speaks.")
    unit: Line | None = None
    officer_contact: OfficerContact | None = None
    door: Door
    basis: Basis
    behaviour: Behaviour
    reported_at: Moment | None = None
    police_decided_at: Moment | None = None
    disposal_at: Moment | None = Field(default=None, description="Crime door only.")
    limitation: Limitation | None = Field(default=None, description="Left out: it will be asked for.")
    participant: Participant
    affected_people: Annotated[tuple[AffectedPerson, ...], Field(max_length=50)] = ()
    authorisation: Authorisation
    responsibility: ResponsibilityRecord | None = None
    consents: Annotated[tuple[ConsentRecord, ...], Field(max_length=20)] = ()
    isa_reference: Line | None = Field(default=None, description="The information-sharing agreement relied on.")
    repeat: YesNo = Field(default=False, description="The participant was referred before.")
    co_accused: YesNo = Field(default=False, description="Others are referred for the same behaviour.")
