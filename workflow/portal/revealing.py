"""Personal data is opened one person at a time, by roles that may, and each opening is logged before it is shown."""

from collections.abc import Mapping
from uuid import UUID

from schemas.referrals.parts import REFERENCES
from schemas.vocabulary import Role
from workflow.case.case import Case
from workflow.portal.parts import PortalParts
from workflow.portal.permissions import REVEALS
from workflow.portal_ports import Caller, Consulted

# What a page shows of each kind; what is not named here is not opened for a page.
FIELDS: Mapping[str, tuple[str, ...]] = {
    "participant": ("given_name", "family_name", "birth_date", "phone", "email", "address", "postcode", "access_needs"),
    "behaviour": ("behaviour",),
    "identifiers": REFERENCES,
    "affected": ("given_name", "family_name", "organisation_name", "phone", "email", "address", "safe_contact"),
}
# A supervisor needs to know whom to expect, not where the person lives.
SUPERVISOR_FIELDS = ("given_name", "family_name", "phone", "access_needs")


def may_reveal(caller: Caller, kind: str) -> bool:
    """Whether the caller's role may see this kind of record."""
    return bool(caller.roles & REVEALS.get(kind, frozenset()))


def fields_for(caller: Caller, kind: str) -> tuple[str, ...]:
    """Return the fields that the caller would be shown."""
    return SUPERVISOR_FIELDS if caller.roles == {Role.SUPERVISOR} else FIELDS.get(kind, ())


async def reveal(  # noqa: PLR0913, PLR0917 - who opens what of whom, and why
    parts: PortalParts, caller: Caller, case: Case, person: UUID, kind: str, why: str | None
) -> Mapping[str, object] | None:
    """Log, then open and return the fields; None where the role may not, which is logged as well."""
    token = _of_case(case, person, kind)
    allowed = token is not None and may_reveal(caller, kind)
    fields = fields_for(caller, kind)
    now = await parts.clock.now()
    note = Consulted(person=person, fields=fields or (kind[:40],), why=why or None, refused=not allowed, at=now)
    await parts.logbook.consulted(caller, note)
    if token is None or not allowed:
        return None
    async with parts.store.work(caller.tenant) as work:
        opened = await work.unseal(caller.tenant, [(token, kind)])
    details = opened.get((token, kind), {})
    return {name: details[name] for name in fields if details.get(name)}


def _of_case(case: Case, person: UUID, kind: str) -> UUID | None:
    people = {one.token for one in case.affected} if kind == "affected" else {case.participant}
    return person if person in people else None
