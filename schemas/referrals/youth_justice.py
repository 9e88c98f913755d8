"""What a youth justice service adds to a referral (contracts section 2, domain.md 13.6)."""

from pydantic import Field

from schemas.referrals.core import ReferralCore
from schemas.referrals.fields import Line, Moment, Part, YesNo


class ClearanceRecord(Part):
    """Whether youth justice has cleared this child's case for work, when and by whom."""

    given: YesNo
    at: Moment
    by: Line


class YouthJusticeReferral(ReferralCore):
    """A referral by a youth justice service."""

    worker: Line | None = Field(default=None, description="Who holds the child's case there.")
    assessment_reference: Line | None = None
    clearance: ClearanceRecord | None = Field(default=None, description="Left out: awaited.")
