"""The words everybody shares: closed lists that appear on the wire (domain.md sections 2, 6, 7, 9; contracts)."""

from enum import StrEnum


class Door(StrEnum):
    """How the behaviour reached the scheme: a crime dealt with out of court, or no crime (domain.md 0.2)."""

    CRIME_OOCR = "crime_oocr"
    NO_CRIME = "no_crime"


class Basis(StrEnum):
    """The disposal or agreement that a referral rests on (domain.md 2.1)."""

    COMMUNITY_RESOLUTION = "community_resolution"
    OUTCOME_22 = "outcome_22"
    OUTCOME_23 = "outcome_23"
    ADULT_CONDITIONAL_CAUTION = "adult_conditional_caution"
    YOUTH_CONDITIONAL_CAUTION = "youth_conditional_caution"
    YOUTH_CAUTION = "youth_caution"
    DEFERRED_PROSECUTION = "deferred_prosecution"
    ABC = "abc"
    CPW = "cpw"
    TENANCY_WARNING = "tenancy_warning"
    SECOND_ASB_LETTER = "second_asb_letter"
    HOUSING_REFERRAL = "housing_referral"


class AgencyKind(StrEnum):
    """The kinds of organisation that refer."""

    POLICE = "police"
    YOUTH_JUSTICE = "youth_justice"
    HOUSING = "housing"


class OrganisationKind(StrEnum):
    """Every kind of organisation in the register; the first three are agencies."""

    POLICE = "police"
    YOUTH_JUSTICE = "youth_justice"
    HOUSING = "housing"
    PROVIDER = "provider"
    EVALUATOR = "evaluator"
    COMMISSIONER = "commissioner"


class CaseState(StrEnum):
    """Each fits "the case is ..." (contracts section 3)."""

    RECEIVED = "received"
    AWAITING_INFORMATION = "awaiting_information"
    ACCEPTED = "accepted"
    ASSESSING = "assessing"
    PLAN_AGREED = "plan_agreed"
    SCHEDULED = "scheduled"
    ACTIVE = "active"
    HOURS_MET = "hours_met"
    CLOSED_COMPLETED = "closed_completed"
    DECLINED = "declined"
    LINKED = "linked"
    PAUSED = "paused"
    RETURNED = "returned"
    WITHDRAWN = "withdrawn"
    TRANSFERRED = "transferred"
    CLOSED_NO_FAULT = "closed_no_fault"
    ERASED = "erased"


class ContactState(StrEnum):
    """Where the contact with one affected person stands; a machine of its own beside the case."""

    AWAITING_DETAILS = "awaiting_details"
    CONTACT_PERMITTED = "contact_permitted"
    ATTEMPTING = "attempting"
    VIEWS_GIVEN = "views_given"
    UPDATES_ONLY = "updates_only"
    DECLINED = "declined"
    UNREACHABLE = "unreachable"
    DO_NOT_CONTACT = "do_not_contact"
    WITHDRAWN = "withdrawn"


class Stage(StrEnum):
    """The stage of non-compliance; a machine of its own beside the case."""

    NONE = "none"
    WARNED = "warned"
    FINAL_WARNED = "final_warned"


class Clearance(StrEnum):
    """Whether youth justice has cleared a child's case for work (domain.md 13.6)."""

    NOT_NEEDED = "not_needed"
    AWAITED = "awaited"
    GIVEN = "given"
    REFUSED = "refused"


class ClockOrigin(StrEnum):
    """The four moments from which public bodies count the 48 hours (domain.md 0.1)."""

    BEHAVIOUR_FROM = "behaviour_from"
    REFERRAL_SENT = "referral_sent"
    POLICE_DECIDED = "police_decided"
    DISPOSAL = "disposal"


class ClockStatus(StrEnum):
    """How a clock stands or ended (domain.md 13.9)."""

    RUNNING = "running"
    MET = "met"
    MISSED = "missed"
    ENDED_UNSTARTED = "ended_unstarted"
    NOT_APPLICABLE = "not_applicable"


class Authority(StrEnum):
    """Whose limit it is; only a statute makes a limit legal (domain.md 13.1)."""

    STATUTE = "statute"
    CODE = "code"
    CONTRACT = "contract"
    POLICY = "policy"


class Purpose(StrEnum):
    """What a condition is for; the cap of a caution counts all but rehabilitation (domain.md 13.4)."""

    REPARATION = "reparation"
    PUNISHMENT = "punishment"
    REHABILITATION = "rehabilitation"


class AgeBand(StrEnum):
    """Coarse ages: the only form in which an age leaves the vault."""

    UNDER_10 = "under_10"
    AGE_10_11 = "age_10_11"
    AGE_12_13 = "age_12_13"
    AGE_14_15 = "age_14_15"
    AGE_16_17 = "age_16_17"
    ADULT = "adult"


class Responsibility(StrEnum):
    """What the responsibility record says (domain.md section 9)."""

    ADMITS = "admits"
    ACCEPTS = "accepts"
    NOT_REQUIRED = "not_required"
    DENIES = "denies"


class LimitationKind(StrEnum):
    """A limitation date is supplied by the referrer, never derived (domain.md 13.2)."""

    NONE = "none"
    DATE = "date"
    SUMMARY_ONLY = "summary_only"


class AttendanceOutcome(StrEnum):
    """Attendance outcome codes (domain.md 6.1, R121)."""

    ATTC = "ATTC"
    AFTC = "AFTC"
    AFDA = "AFDA"
    ATSH = "ATSH"
    ATSS = "ATSS"
    ATCH = "ATCH"
    ATFI = "ATFI"
    UACP = "UACP"
    AAME = "AAME"
    AAEM = "AAEM"
    AAFC = "AAFC"
    AACL = "AACL"
    AARC = "AARC"
    CO05 = "CO05"
    AASD = "AASD"
    RSSR = "RSSR"
    RSOF = "RSOF"
    CO40 = "CO40"


class Role(StrEnum):
    """What a person may do, within one engagement (contracts section 8)."""

    TRIAGE = "triage"
    CASEWORKER = "caseworker"
    AFFECTED_PERSON_WORKER = "affected_person_worker"
    SUPERVISOR = "supervisor"
    MANAGER = "manager"
    DATA_PROTECTION = "data_protection"
    OPERATOR = "operator"
    EVALUATOR = "evaluator"
    AUDITOR = "auditor"


class Audience(StrEnum):
    """Classes of receivers that the disclosure rules name (domain.md section 10)."""

    POLICE = "police"
    YOUTH_JUSTICE = "youth_justice"
    HOUSING = "housing"
    AFFECTED_PERSON = "affected_person"
    PARTICIPANT = "participant"
    EVALUATOR = "evaluator"


class AsbType(StrEnum):
    """The three types of anti-social behaviour (domain.md 7, R146)."""

    PERSONAL = "personal"
    NUISANCE = "nuisance"
    ENVIRONMENTAL = "environmental"


class AsbHeading(StrEnum):
    """The thirteen headings of the national standard for incident recording (domain.md 7, R146, R147)."""

    VEHICLE_ABANDONED = "vehicle_abandoned"
    VEHICLE_NUISANCE = "vehicle_nuisance"
    ROWDY = "rowdy"
    NEIGHBOURS = "neighbours"
    LITTERING_DRUGS = "littering_drugs"
    ANIMALS = "animals"
    TRESPASS = "trespass"
    NUISANCE_COMMUNICATIONS = "nuisance_communications"
    STREET_DRINKING = "street_drinking"
    PROSTITUTION_RELATED = "prostitution_related"
    NOISE = "noise"
    BEGGING = "begging"
    FIREWORKS = "fireworks"


class BehaviourKind(StrEnum):
    """What was done, coarsely: what eligibility asks about (domain.md 1.2, 1.3)."""

    ANTI_SOCIAL_BEHAVIOUR = "anti_social_behaviour"
    CRIMINAL_DAMAGE = "criminal_damage"
    PUBLIC_ORDER = "public_order"
    SHOP_THEFT = "shop_theft"
    OTHER_THEFT = "other_theft"
    BICYCLE_THEFT = "bicycle_theft"
    DRUGS_POSSESSION = "drugs_possession"
    DRUNK_AND_DISORDERLY = "drunk_and_disorderly"
    HARASSMENT = "harassment"
    VIOLENCE = "violence"
    VEHICLE_CRIME = "vehicle_crime"
    WEAPON = "weapon"
    BURGLARY = "burglary"
    ROBBERY = "robbery"
    SEXUAL_OFFENCE = "sexual_offence"
    HATE_CRIME = "hate_crime"
    DOMESTIC_ABUSE = "domestic_abuse"
    OTHER_CRIME = "other_crime"


class ActivityKind(StrEnum):
    """What a participant may be asked to do; the community remedy list maps to these (domain.md 1.1, 3)."""

    LITTER_PICKING = "litter_picking"
    GRAFFITI_CLEANING = "graffiti_cleaning"
    MEMORIAL_CLEANING = "memorial_cleaning"
    BASIC_REPAIR = "basic_repair"
    COMMUNITY_CLEAN_UP = "community_clean_up"
    COMMUNITY_GARDEN = "community_garden"
    CHARITY_SHOP = "charity_shop"
    FOODBANK = "foodbank"
    DIRECT_REPAIR = "direct_repair"
    ASB_WORKSHOP = "asb_workshop"
    WRITTEN_APOLOGY = "written_apology"
    FACE_TO_FACE_APOLOGY = "face_to_face_apology"
    WRITTEN_ASSIGNMENT = "written_assignment"
    MEDIATION = "mediation"
    SHUTTLE_CONFERENCE = "shuttle_conference"
    PAY_FOR_DAMAGE = "pay_for_damage"
    STRUCTURED_ACTIVITY = "structured_activity"


CHILD_BANDS = frozenset(band for band in AgeBand if band is not AgeBand.ADULT)
GOES_ON_ELSEWHERE = frozenset({CaseState.LINKED, CaseState.TRANSFERRED})
ENDED_STATES = frozenset(
    {
        CaseState.CLOSED_COMPLETED,
        CaseState.DECLINED,
        CaseState.LINKED,
        CaseState.RETURNED,
        CaseState.WITHDRAWN,
        CaseState.TRANSFERRED,
        CaseState.CLOSED_NO_FAULT,
        CaseState.ERASED,
    }
)
