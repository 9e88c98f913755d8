"""The intake contract: one model an agency over a shared core (contracts section 2).

A message is a referral only once `schemas.referrals.reading.read_referral` has read it: the rules that tie
fields together live there, so that every problem of a message can be told at once.
"""

from schemas.referrals.core import (
    Authorisation,
    Behaviour,
    BehaviourPlace,
    Condition,
    ConsentRecord,
    Limitation,
    OfficerContact,
    ReferralCore,
    ResponsibilityRecord,
)
from schemas.referrals.housing import HousingReferral
from schemas.referrals.people import (
    AffectedPerson,
    CurrentOrder,
    Exclusion,
    Participant,
    Point,
    ResponsibleAdult,
    SafeContact,
)
from schemas.referrals.police import PoliceReferral, Thrive
from schemas.referrals.youth_justice import ClearanceRecord, YouthJusticeReferral

Referral = PoliceReferral | YouthJusticeReferral | HousingReferral

__all__ = [
    "AffectedPerson",
    "Authorisation",
    "Behaviour",
    "BehaviourPlace",
    "ClearanceRecord",
    "Condition",
    "ConsentRecord",
    "CurrentOrder",
    "Exclusion",
    "HousingReferral",
    "Limitation",
    "OfficerContact",
    "Participant",
    "Point",
    "PoliceReferral",
    "Referral",
    "ReferralCore",
    "ResponsibilityRecord",
    "ResponsibleAdult",
    "SafeContact",
    "Thrive",
    "YouthJusticeReferral",
]
