"""What police add to a referral (contracts section 2, domain.md 13.14)."""

from pydantic import Field

from schemas.referrals.core import ReferralCore
from schemas.referrals.fields import Code, FreeText, Line, Part, PncId, Urn


class Thrive(Part):
    """The call taker's assessment, in his or her words."""

    threat: FreeText | None = None
    harm: FreeText | None = None
    risk: FreeText | None = None
    investigation: FreeText | None = None
    vulnerability: FreeText | None = None
    engagement: FreeText | None = None


class PoliceReferral(ReferralCore):
    """A referral by police, through either door; the door decides which identifiers it may carry."""

    incident_number: Line | None = Field(default=None, description="Either door.")
    thrive: Thrive | None = Field(default=None, description="Either door.")
    occurrence_number: Line | None = Field(default=None, description="Crime door only.")
    urn: Urn | None = Field(default=None, description="Crime door only.")
    pnc_id: PncId | None = Field(default=None, description="Crime door only; YYYY/NNNNNNN and its check letter.")
    offence_code: Code | None = Field(default=None, description="Crime door only; class and subclass, as 125/12.")
    outcome_code: Code | None = Field(
        default=None, description="Crime door only; set by police, never by the provider."
    )
