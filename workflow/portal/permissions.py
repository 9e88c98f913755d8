"""Who may come to which route: one table, read by the gate and by the generated documentation.

A route that stands in no row is closed to everybody, and a test fails. What a caller may not see is 404.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from schemas.vocabulary import OrganisationKind, Role


class Entrance(StrEnum):
    """How a caller shows who he is."""

    OPEN = "open"
    BEARER = "bearer"
    COOKIE = "cookie"
    COOKIE_WITHOUT_ENGAGEMENT = "cookie_without_engagement"


@dataclass(frozen=True, slots=True)
class Permission:
    """The entrance, the kinds of organisation, and for a provider's people the roles (None: any role)."""

    entrance: Entrance
    kinds: frozenset[OrganisationKind] = frozenset()
    roles: frozenset[Role] | None = None


K, R = OrganisationKind, Role
AGENCIES = frozenset({K.POLICE, K.YOUTH_JUSTICE, K.HOUSING})
PROVIDER = frozenset({K.PROVIDER})
CASE_ROLES = frozenset({R.TRIAGE, R.CASEWORKER, R.AFFECTED_PERSON_WORKER, R.SUPERVISOR, R.MANAGER})
INTAKE_ROLES = frozenset({R.TRIAGE, R.MANAGER})
READING_ROLES = CASE_ROLES | {R.DATA_PROTECTION, R.AUDITOR}
# Who speaks with referrers about a case: to say by its reference which one is meant, and to read that reference.
REFERENCE_ROLES = frozenset({R.TRIAGE, R.CASEWORKER, R.MANAGER, R.DATA_PROTECTION})
MAIL_ROLES = frozenset({R.AFFECTED_PERSON_WORKER, R.MANAGER})

OPEN = Permission(Entrance.OPEN)
REFERRERS = Permission(Entrance.BEARER, AGENCIES)
CASE_READERS = Permission(Entrance.BEARER, AGENCIES | PROVIDER, READING_ROLES)
CASE_ACTORS = Permission(Entrance.BEARER, AGENCIES | PROVIDER, CASE_ROLES)
STAFF = Permission(Entrance.BEARER, PROVIDER, READING_ROLES)
EVALUATORS = Permission(Entrance.BEARER, frozenset({K.EVALUATOR}), frozenset({R.EVALUATOR}))
ANY_BEARER = Permission(Entrance.BEARER, frozenset(K), frozenset(R))
SIGNED_IN = Permission(Entrance.COOKIE_WITHOUT_ENGAGEMENT)
PAGES = Permission(Entrance.COOKIE, PROVIDER, READING_ROLES)
ACTING_PAGES = Permission(Entrance.COOKIE, PROVIDER, CASE_ROLES)
INTAKE_PAGES = Permission(Entrance.COOKIE, PROVIDER, INTAKE_ROLES)
FINDING_PAGES = Permission(Entrance.COOKIE, PROVIDER, REFERENCE_ROLES)
MAIL_PAGES = Permission(Entrance.COOKIE, PROVIDER, MAIL_ROLES)

ROUTES: Mapping[str, Permission] = MappingProxyType(
    {
        # API
        "refer": REFERRERS,
        "read_referral": REFERRERS,
        "amend_referral": REFERRERS,
        "list_cases": CASE_READERS,
        "read_case": CASE_READERS,
        "read_timeline": STAFF,
        "list_actions": CASE_ACTORS,
        "try_action": CASE_ACTORS,
        "command_case": CASE_ACTORS,
        "command_cases": CASE_ACTORS,
        "list_sites": STAFF,
        "list_sessions": STAFF,
        "list_caseworkers": STAFF,
        "list_outcomes": EVALUATORS,
        "catalogue": ANY_BEARER,
        # System
        "healthz": OPEN,
        "readyz": OPEN,
        "metrics": OPEN,
        "docs": OPEN,
        "openapi": OPEN,
        "static": OPEN,
        # Pages
        "home": OPEN,
        "sign_in_page": OPEN,
        "sign_in": OPEN,
        "engagements_page": SIGNED_IN,
        "choose_engagement": SIGNED_IN,
        "sign_out": SIGNED_IN,
        "tasks_page": PAGES,
        "cases_page": PAGES,
        "find_case": FINDING_PAGES,
        "case_page": PAGES,
        "reveal": PAGES,
        "action_page": ACTING_PAGES,
        "act": ACTING_PAGES,
        "attendance_page": ACTING_PAGES,
        "record_attendance": ACTING_PAGES,
        "booking_page": ACTING_PAGES,
        "book": ACTING_PAGES,
        "moving_page": ACTING_PAGES,
        "move": ACTING_PAGES,
        "referral_page": INTAKE_PAGES,
        "refer_by_hand": INTAKE_PAGES,
        "organisations_page": PAGES,
        "mailbox_page": MAIL_PAGES,
        "open_mail": MAIL_PAGES,
    }
)

# Kinds of vault record -> the roles that may see them (domain.md section 10: affected people only to their workers).
_PARTICIPANT = frozenset({R.TRIAGE, R.CASEWORKER, R.SUPERVISOR, R.MANAGER, R.DATA_PROTECTION})
_BEHAVIOUR = frozenset({R.TRIAGE, R.CASEWORKER, R.MANAGER, R.DATA_PROTECTION})
_AFFECTED = frozenset({R.AFFECTED_PERSON_WORKER, R.MANAGER, R.DATA_PROTECTION})
REVEALS: Mapping[str, frozenset[Role]] = MappingProxyType(
    {"participant": _PARTICIPANT, "behaviour": _BEHAVIOUR, "identifiers": REFERENCE_ROLES, "affected": _AFFECTED}
)

# Who may know why a refusal is what it is, where its cause is an affected person's safety (contracts section 3).
KNOWING_ROLES = frozenset({R.AFFECTED_PERSON_WORKER, R.MANAGER})
