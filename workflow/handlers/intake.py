"""Referrals: the same message again gets the same receipt; a new one opens a case."""

import json
from collections.abc import Iterable, Mapping
from types import MappingProxyType
from uuid import UUID

from schemas import commands as c
from schemas.notices import Receipt
from schemas.referrals import Referral
from schemas.referrals.parts import participant_details
from schemas.vocabulary import OrganisationKind
from workflow.handlers.desk import Desk
from workflow.handlers.gathering import slugs, youth_justice_for
from workflow.handlers.receipts import agency_token, receipt_record
from workflow.handlers.requests import Answer, Disposition, ReferralRequest
from workflow.machine.decisions.intake import open_case
from workflow.ports import IdSource, Seen
from workflow.rules.calendar import local_day
from workflow.rules.facts import Candidate, Facts
from workflow.rules.matching import PROPOSE_AT, score

MOST_CANDIDATES = 5
STATUS: Mapping[Disposition, str] = MappingProxyType(
    {
        Disposition.APPLIED: "received",
        Disposition.REJECTED: "rejected",
        Disposition.CONFLICTING: "conflicting",
    }
)


async def foresee_searches(desk: Desk, requests: Iterable[ReferralRequest]) -> None:
    """Look up at once whom the participants of new referrals may be: one read a batch, not one a referral."""
    sound = (one.referral for one in requests if one.referral is not None)
    await desk.work.foresee(desk.tenant, searches=[participant_details(referral) for referral in sound])


async def receive(desk: Desk, request: ReferralRequest, seen: Seen | None) -> Answer:
    """Decide one referral, and put its receipt beside it when it came by topic."""
    answer = await _judge(desk, request, seen)
    keep = answer.disposition in {Disposition.APPLIED, Disposition.REJECTED}
    desk.answer(request, answer, json.dumps(dict(answer.reply)).encode(), keep=keep)
    if request.by_topic:
        desk.receipts.append(receipt_record(desk, request, answer.reply, await desk.work.now()))
    return answer


async def _judge(desk: Desk, request: ReferralRequest, seen: Seen | None) -> Answer:
    same = seen is not None and seen.fingerprint == desk.ids.fingerprint(request.canonical)
    if seen is not None and same:
        return Answer(disposition=Disposition.REPEATED, reply=json.loads(seen.reply), case_id=seen.case_id)
    if seen is not None and seen.disposition != Disposition.REJECTED:
        return _answer(request, Disposition.CONFLICTING)
    if request.referral is None:
        return _answer(request, Disposition.REJECTED)
    case_id, token = await _open(desk, request, request.referral)
    return _answer(request, Disposition.APPLIED, case_id=case_id, token=token)


async def _open(desk: Desk, request: ReferralRequest, referral: Referral) -> tuple[UUID, UUID]:
    case_id = case_of_message(desk.ids, desk.tenant, request.key.source, request.key.message_id)
    facts = await _facts(desk, request, referral, case_id)
    command = c.SubmitReferral(referral=referral)
    decision = open_case(command, facts, await desk.work.now())
    await desk.apply(case_id, decision, request, facts)
    return case_id, facts.agency_token or case_id


async def _facts(desk: Desk, request: ReferralRequest, referral: Referral, case_id: UUID) -> Facts:
    now = await desk.work.now()
    register = await desk.work.organisations(desk.tenant)
    people = tuple(person_token(desk.ids, case_id, number) for number in range(1 + len(referral.affected_people)))
    district = referral.participant.home_local_authority
    youth_justice = youth_justice_for(register, district)
    providers = slugs(register, OrganisationKind.PROVIDER)
    return Facts(
        policy=desk.book.schemes[desk.tenant].on(local_day(now)),
        calendar=desk.book.calendar,
        actor=request.actor,
        case_id=case_id,
        birth_date=referral.participant.birth_date,
        candidates=await _candidates(desk, referral),
        youth_justice=youth_justice,
        agency_kind=request.kind,
        provider=min(providers, default=None),
        providers=providers,
        person_tokens=people,
        agency_token=agency_token(desk, case_id, request.key.source),
        clearance_token=agency_token(desk, case_id, youth_justice) if youth_justice else None,
    )


def case_of_message(ids: IdSource, tenant: str, source: str, message_id: str) -> UUID:
    """Return the id of the case that a message opens: one message, one case, however often it is read."""
    return ids.derive("case", tenant, source, message_id)


def person_token(ids: IdSource, case_id: UUID, number: int) -> UUID:
    """Return the token of a person of a case: 0 is the participant, then the affected people as they were sent."""
    return ids.derive("person", str(case_id), str(number))


async def _candidates(desk: Desk, referral: Referral) -> tuple[Candidate, ...]:
    """Return likely matches, best first: only score and agreeing fields come out of the vault."""
    details = participant_details(referral)
    scored = {token: score(details, other) for token, other in await desk.work.search(desk.tenant, details)}
    likely = {token: found for token, found in scored.items() if found[0] >= PROPOSE_AT}
    if not likely:
        return ()
    kept = await desk.work.cases_of(desk.tenant, list(likely))
    cases = {draft.case.participant: (draft.case.id,) for draft in desk.drafts.values() if draft.case} | dict(kept)
    candidates = [
        Candidate(case_id=case_id, score=points, agreeing=agreeing)
        for token, (points, agreeing) in likely.items()
        for case_id in cases.get(token, ())
    ]
    return tuple(sorted(candidates, key=lambda one: (-one.score, str(one.case_id)))[:MOST_CANDIDATES])


def _answer(
    request: ReferralRequest, disposition: Disposition, *, case_id: UUID | None = None, token: UUID | None = None
) -> Answer:
    receipt = Receipt(
        message_id=request.key.message_id,
        status=STATUS[disposition],
        referral=token,
        problems=tuple(dict(problem) for problem in request.problems) if disposition is Disposition.REJECTED else (),
    )
    return Answer(disposition=disposition, reply=receipt.model_dump(mode="json"), case_id=case_id, version=1)
