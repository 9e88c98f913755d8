"""The people of a referral: the participant, those responsible for a child, and those who were affected."""

from typing import Annotated

from pydantic import Field

from schemas.referrals.fields import (
    AreaCode,
    Day,
    Email,
    FreeText,
    Language,
    Latitude,
    Line,
    Longitude,
    Part,
    Phone,
    Postcode,
    Uprn,
    YesNo,
)
from schemas.referrals.lists import (
    AccessNeed,
    AffectedKind,
    Channel,
    Disability,
    Ethnicity,
    OrderKind,
    OtherService,
    ResponsiblePersonAuthority,
    Sex,
)


class Point(Part):
    """A place in degrees (WGS 84) within the British Isles."""

    longitude: Longitude = Field(description="Degrees east of Greenwich; most of the country is negative.")
    latitude: Latitude = Field(description="Degrees north.")


class ResponsibleAdult(Part):
    """Somebody responsible for a child; one marked unsafe is told nothing (domain.md 13.7)."""

    name: Line
    relationship: Line = Field(description="To the child: mother, carer, social worker.")
    authority: ResponsiblePersonAuthority = Field(description="Whether authority to agree for the child is on record.")
    phone: Phone | None = None
    address: FreeText | None = None
    unsafe: YesNo = Field(default=False, description="True: this person is never contacted.")


class CurrentOrder(Part):
    """An order or bail that constrains where and when the participant may be (domain.md 13.20)."""

    kind: OrderKind
    terms: FreeText | None = None
    point: Point | None = Field(default=None, description="Of a place to keep away from, where the order names one.")
    until: Day | None = None


class Exclusion(Part):
    """A place that the participant must keep away from."""

    description: FreeText
    point: Point | None = None
    until: Day | None = None


class Participant(Part):
    """The person referred, as the referrer knows him or her; sealed on arrival."""

    given_name: Line
    family_name: Line
    birth_date: Day
    phone: Phone | None = None
    email: Email | None = None
    address: FreeText | None = None
    postcode: Postcode | None = None
    home_local_authority: AreaCode | None = Field(
        default=None, description="ONS code; routes a child (domain.md 13.28)."
    )
    uprn: Uprn | None = Field(default=None, description="Unique property reference number of the home, as text.")
    parent_uprn: Uprn | None = Field(default=None, description="Of the building that the home is part of.")
    ethnicity: Ethnicity | None = Field(default=None, description="Self-defined, 18+1 codes.")
    sex: Sex | None = None
    disability: Disability | None = None
    home_point: Point | None = None
    responsible_adults: Annotated[tuple[ResponsibleAdult, ...], Field(max_length=20)] = ()
    orders: Annotated[tuple[CurrentOrder, ...], Field(max_length=20)] = ()
    exclusions: Annotated[tuple[Exclusion, ...], Field(max_length=20)] = ()
    access_needs: Annotated[tuple[AccessNeed, ...], Field(max_length=20)] = ()
    other_services: Annotated[tuple[OtherService, ...], Field(max_length=20)] = ()
    preferred_language: Language | None = Field(default=None, description="BCP 47 code, for example en or cy.")


class SafeContact(Part):
    """How and when it is safe to reach somebody."""

    channels: Annotated[tuple[Channel, ...], Field(max_length=10)] = ()
    times: FreeText | None = Field(default=None, description="In the person's own words.")
    do_not_leave_message: YesNo = False
    do_not_write: YesNo = False
    interpreter: Language | None = Field(default=None, description="The language an interpreter is needed for.")
    supporter: FreeText | None = Field(default=None, description="Who speaks for or beside the person.")


class AffectedPerson(Part):
    """Somebody whom the behaviour harmed: a person, a business or a community."""

    reference: Line = Field(description="The referrer's key for this person, unique within the referral.")
    kind: AffectedKind
    given_name: Line | None = None
    family_name: Line | None = None
    organisation_name: Line | None = Field(default=None, description="Of a business or a community body.")
    birth_date: Day | None = None
    phone: Phone | None = None
    email: Email | None = None
    address: FreeText | None = None
    postcode: Postcode | None = None
    home_point: Point | None = Field(default=None, description="No session takes place near it.")
    permission_to_contact: YesNo = Field(description="True only if this person agreed to be contacted.")
    wants_updates: YesNo | None = Field(default=None, description="Left out: not asked yet.")
    code_victim: YesNo = Field(default=False, description="True if the Victims' Code covers this person.")
    safe_contact: SafeContact | None = None
    exclusion_wishes: Annotated[tuple[FreeText, ...], Field(max_length=20)] = ()
    exclusion_points: Annotated[tuple[Point, ...], Field(max_length=20)] = Field(
        default=(), description="Of the places wished to be kept free; wishes in words alone bar no place."
    )
