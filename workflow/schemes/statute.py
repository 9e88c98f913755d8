"""What a policy file cannot change because an Act says it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from schemas.vocabulary import Authority, Basis, Door, Purpose
from workflow.schemes.basis import BasisPolicy
from workflow.schemes.model import PolicyVersion
from workflow.schemes.problems import Problem


@dataclass(frozen=True, slots=True, kw_only=True)
class StatuteCap:
    """Minutes of attendance that an Act allows, and the purposes that it counts."""

    minutes: int
    counts: frozenset[Purpose]


# Criminal Justice Act 2003 Part 3: 20 hours in total, rehabilitative attendance excluded (domain.md 13.4, R50, R203).
CAPS: Mapping[Basis, StatuteCap] = MappingProxyType(
    {
        Basis.ADULT_CONDITIONAL_CAUTION: StatuteCap(
            minutes=20 * 60, counts=frozenset({Purpose.REPARATION, Purpose.PUNISHMENT})
        )
    }
)
CIVIL = frozenset({Basis.ABC, Basis.CPW, Basis.TENANCY_WARNING, Basis.SECOND_ASB_LETTER, Basis.HOUSING_REFERRAL})


def statute_problems(version: PolicyVersion) -> Iterator[Problem]:
    """Each value of a version that an Act or the nature of a door forbids."""
    for basis, policy in version.bases.items():
        yield from _cap_problems(basis, policy)
        if (basis in CIVIL) is not (policy.door is Door.NO_CRIME):
            yield Problem(path=f"bases.{basis}.door", message="is not the door of this basis")


def _cap_problems(basis: Basis, policy: BasisPolicy) -> Iterator[Problem]:
    path, cap = f"bases.{basis}", CAPS.get(basis)
    if cap is None:
        if policy.cap_authority is Authority.STATUTE:
            yield Problem(path=f"{path}.cap_authority", message="no statute caps this basis")
        return
    if policy.cap_minutes is None or policy.cap_minutes > cap.minutes:
        yield Problem(path=f"{path}.cap_minutes", message=f"the statute allows at most {cap.minutes} minutes")
    if policy.cap_authority is not Authority.STATUTE:
        yield Problem(path=f"{path}.cap_authority", message="this cap is set by statute")
    if not cap.counts.issubset(policy.cap_counts):
        yield Problem(path=f"{path}.cap_counts", message="leaves out a purpose that the statute counts")
