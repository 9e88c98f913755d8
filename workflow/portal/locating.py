"""Which case an address means for this caller; agencies know theirs by a token and by their own message ids.

Both lead on, after a transfer or a match of one incident, to the case in which it goes on.
"""

from uuid import UUID

from fastapi import Request

from schemas.vocabulary import ClockOrigin, OrganisationKind
from workflow.case.case import Case
from workflow.case.parties import goes_on_in
from workflow.portal.bodies import uuid_of
from workflow.portal.gate import caller_of, hidden, parts_of
from workflow.portal.parts import PortalParts
from workflow.portal_ports import Caller
from workflow.rules.disclosure import has_a_part
from workflow.schemes import PolicyVersion


async def the_case(request: Request, named: str) -> Case:
    """Return the case, or log the attempt and raise 404: what is another's does not exist."""
    parts, caller = parts_of(request), caller_of(request)
    found = uuid_of(named)
    case = await _found(parts, caller, found) if found else None
    if case is None:
        raise await hidden(request, found or "unreadable id")
    return case


async def _found(parts: PortalParts, caller: Caller, named: UUID) -> Case | None:
    if caller.kind is OrganisationKind.PROVIDER:
        return await parts.reading.case(caller, named)
    case_id = await parts.reading.case_of_message(caller, named) or await parts.reading.case_of_token(caller, named)
    case = await _agencys(parts, caller, case_id)
    while case is not None and (following := await _agencys(parts, caller, goes_on_in(case))) is not None:
        case = following
    return case


async def _agencys(parts: PortalParts, caller: Caller, case_id: UUID | None) -> Case | None:
    """Return the case if the agency has a part in it."""
    case = await parts.reading.case(caller, case_id) if case_id else None
    return case if case is not None and has_a_part(case, caller.organisation) else None


async def inner_id(parts: PortalParts, caller: Caller, named: UUID | None) -> UUID | None:
    """Return the case id behind what the caller knows a case by; for the provider's people that is the case id."""
    if named is None or caller.kind is OrganisationKind.PROVIDER:
        return named
    return await parts.reading.case_of_token(caller, named)


def judging_origin(parts: PortalParts, case: Case) -> ClockOrigin:
    """Return the moment from which the case's policy counts the 48 hours that it is judged by."""
    return policy_of(parts, case).clocks.start_48h.governing(case.door)


def policy_of(parts: PortalParts, case: Case) -> PolicyVersion:
    """Return the policy that the case pinned."""
    return parts.book.schemes[case.tenant].version(case.policy_version)
