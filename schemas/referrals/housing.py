"""What landlords and council teams add to a referral (contracts section 2)."""

from pydantic import Field

from schemas.referrals.core import ReferralCore
from schemas.referrals.fields import Line
from schemas.referrals.lists import HousingReferrerKind, LadderStep


class HousingReferral(ReferralCore):
    """A referral by a landlord, council team, environmental health, wardens or fire service."""

    referrer_kind: HousingReferrerKind
    tenancy_reference: Line | None = Field(default=None, description="Where there is a tenancy.")
    ladder_step: LadderStep | None = Field(default=None, description="The civil step already taken.")
