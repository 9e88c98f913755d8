"""Closed lists that only a referral speaks of (domain.md sections 2.1, 7, 13.7, 13.20, 13.25)."""

from enum import StrEnum


class Ethnicity(StrEnum):
    """Self-defined ethnicity, 18+1 codes and the older O1 (domain.md 7, R139)."""

    W1 = "W1"
    W2 = "W2"
    W3 = "W3"
    W9 = "W9"
    M1 = "M1"
    M2 = "M2"
    M3 = "M3"
    M9 = "M9"
    A1 = "A1"
    A2 = "A2"
    A3 = "A3"
    A4 = "A4"
    A9 = "A9"
    B1 = "B1"
    B2 = "B2"
    B9 = "B9"
    O1 = "O1"
    O2 = "O2"
    O9 = "O9"
    NS = "NS"


class Sex(StrEnum):
    """Sex as recorded by the referrer."""

    FEMALE = "female"
    MALE = "male"
    NOT_STATED = "not_stated"


class Disability(StrEnum):
    """Whether the participant says that he or she is disabled."""

    YES = "yes"
    NO = "no"
    NOT_STATED = "not_stated"


class AccessNeed(StrEnum):
    """What makes contact and sessions possible (domain.md 13.25)."""

    TEXT_RELAY = "text_relay"
    SIGN_LANGUAGE = "sign_language"
    EASY_READ = "easy_read"
    INTERPRETER = "interpreter"
    LARGE_PRINT = "large_print"
    WELSH = "welsh"
    STEP_FREE = "step_free"
    COMMUNICATION_SUPPORT = "communication_support"


class ResponsiblePersonAuthority(StrEnum):
    """Whether authority to agree for a child is on record (domain.md 13.7)."""

    KNOWN = "known"
    UNKNOWN = "unknown"


class OrderKind(StrEnum):
    """Orders that constrain sites and routes (domain.md 13.20)."""

    PSPO = "pspo"
    CBO = "cbo"
    INJUNCTION = "injunction"
    BAIL = "bail"
    OTHER = "other"


class OtherService(StrEnum):
    """Services that may already work with the participant (domain.md 2.1)."""

    TURNAROUND = "turnaround"
    YOUTH_JUSTICE = "youth_justice"
    SOCIAL_CARE = "social_care"
    PROBATION = "probation"
    DRUG_AND_ALCOHOL = "drug_and_alcohol"
    MENTAL_HEALTH = "mental_health"
    OTHER = "other"


class AffectedKind(StrEnum):
    """Who was harmed: a person, a business, or a place and the public (domain.md section 9)."""

    PERSON = "person"
    BUSINESS = "business"
    COMMUNITY = "community"


class Channel(StrEnum):
    """Ways to reach somebody."""

    PHONE = "phone"
    TEXT_MESSAGE = "text_message"
    EMAIL = "email"
    LETTER = "letter"
    VISIT = "visit"


class ConsentPurpose(StrEnum):
    """The stated purpose of a permission, each withdrawable on its own (domain.md section 9)."""

    TAKE_PART = "take_part"
    SHARE_INFORMATION = "share_information"
    CONTACT = "contact"
    EVALUATION = "evaluation"
    PHOTOGRAPHS = "photographs"


class HousingReferrerKind(StrEnum):
    """Who refers through the housing and council door."""

    LANDLORD = "landlord"
    COUNCIL_ASB_TEAM = "council_asb_team"
    ENVIRONMENTAL_HEALTH = "environmental_health"
    WARDEN = "warden"
    FIRE = "fire"


class LadderStep(StrEnum):
    """The civil step already taken (domain.md 2.1)."""

    CPW = "cpw"
    CPN = "cpn"
    TENANCY_WARNING = "tenancy_warning"
    ABC = "abc"
