"""Which cases somebody means who says a reference: on the telephone, or from a letter. Each look is logged."""

from collections.abc import Sequence
from uuid import UUID

from workflow.case.case import Case
from workflow.handlers.intake import case_of_message
from workflow.portal.bodies import uuid_of
from workflow.portal.parts import PortalParts
from workflow.portal.permissions import ROUTES
from workflow.portal_ports import Caller, Consulted
from workflow.ports import Work
from workflow.rules.permissions import AGENCIES

LOOK = ("reference",)
WHY = "found by a reference"


def may_find(caller: Caller) -> bool:
    """Whether the caller's role may look for a case by its reference."""
    return bool(caller.roles & (ROUTES["find_case"].roles or frozenset()))


async def find(parts: PortalParts, caller: Caller, said: str) -> Sequence[Case]:
    """Return the cases that the caller may see of a referrer's reference or of a message's id, in id order.

    What is found is logged for each person before it is shown, and a look that found nothing as what it was.
    """
    async with parts.store.work(caller.tenant) as work:
        meant = await _meant(parts, work, caller.tenant, said)
    async with parts.reading.together(caller) as reading:
        seen = [await reading.case(caller, case_id) for case_id in sorted(meant)]
    found = [case for case in seen if case is not None]
    now = await parts.clock.now()
    for case in found:
        note = Consulted(person=case.participant, fields=LOOK, why=WHY, refused=False, at=now)
        await parts.logbook.consulted(caller, note)
    if not found:
        await parts.logbook.denied(caller, "find_case reference", now)
    return found


async def _meant(parts: PortalParts, work: Work, tenant: str, said: str) -> set[UUID]:
    """The id of a message is the sender's own: it leads to the case that it opened, whichever agency sent it."""
    people = await work.find(tenant, said)
    cases = {case_id for found in (await work.cases_of(tenant, people)).values() for case_id in found}
    message_id = uuid_of(said)
    if message_id is None:
        return cases
    senders = [one.slug for one in (await work.organisations(tenant)).values() if one.kind in AGENCIES]
    opened = [case_of_message(parts.ids, tenant, sender, str(message_id)) for sender in senders]
    return cases | set(await work.cases(tenant, opened))
