"""Commands about one case: a person's by form, a machine's by topic, the timekeeper's by the clock."""

import json
from collections.abc import Iterable
from dataclasses import replace
from uuid import UUID

from schemas.vocabulary import AgencyKind
from workflow.case.case import Case
from workflow.case.parties import goes_on_in, token_of
from workflow.handlers.desk import Desk
from workflow.handlers.gathering import gather, needs_of, sealed_of
from workflow.handlers.receipts import agency_token, amendment_receipt, receipt_record
from workflow.handlers.requests import Answer, CommandRequest, Disposition
from workflow.machine.decide import decide
from workflow.ports import Seen
from workflow.rules.facts import Actor
from workflow.rules.refusals import Refusal

TIMEKEEPER = "timekeeper"
AGENCIES = frozenset(kind.value for kind in AgencyKind)


async def foresee_opening(desk: Desk, requests: Iterable[CommandRequest]) -> None:
    """Read at once what a batch's commands will ask of vault, parked and kept-apart cases: not a read a command."""
    known = [(case, one.command) for one in requests if (case := desk.case(one.case_id)) is not None]
    await desk.work.parked(desk.tenant, {case.id for case, _ in known})
    wanted = {what for case, command in known for what in sealed_of(case, command)}
    await desk.work.foresee(desk.tenant, opening=sorted(wanted))
    await desk.work.kept_apart(desk.tenant, {case.id for case, command in known if needs_of(command).open_slots})


async def execute(desk: Desk, request: CommandRequest, seen: Seen | None) -> Answer:
    """Decide one command. A refusal is an answer too, and is kept as the reply."""
    request = await _led_on(desk, request)
    answer = await _judge(desk, request, seen)
    if request.fired is not None and answer.disposition is not Disposition.PARKED:
        desk.fired.append(request.fired)
    if request.waiting is not None and answer.disposition is Disposition.PARKED:
        await desk.set_aside([request.waiting])
    keep = answer.disposition in {Disposition.APPLIED, Disposition.REFUSED} and request.fired is None
    if request.fired is None:
        desk.answer(request, answer, json.dumps(dict(answer.reply)).encode(), keep=keep)
    if request.by_topic and request.actor.kind in AGENCIES:
        await _receipt(desk, request, answer)
    return answer


async def _receipt(desk: Desk, request: CommandRequest, answer: Answer) -> None:
    receipt = amendment_receipt(desk, request, answer)
    if receipt is not None:
        desk.receipts.append(receipt_record(desk, request, receipt, await desk.work.now()))


async def _led_on(desk: Desk, request: CommandRequest) -> CommandRequest:
    """Ask of the case in which it goes on what an agency asks of one that went on elsewhere: it knows both as one.

    Nobody is led to a case in which he has no part, or away from one in which others wait for an operator.
    """
    case = desk.case(request.case_id)
    if request.actor.kind not in AGENCIES or case is None:
        return request
    while (elsewhere := goes_on_in(case)) is not None:
        await desk.load([elsewhere])
        following = desk.case(elsewhere)
        if following is None or not concerns(following, request.actor) or await _is_parked(desk, case.id):
            break
        case = following
    waiting = replace(request.waiting, case_id=case.id) if request.waiting else None
    return replace(request, case_id=case.id, waiting=waiting)


async def _is_parked(desk: Desk, case_id: UUID) -> bool:
    return case_id in await desk.work.parked(desk.tenant, [case_id])


async def _judge(desk: Desk, request: CommandRequest, seen: Seen | None) -> Answer:
    if seen is not None and seen.disposition != Disposition.REJECTED:
        return _again(desk, request, seen)
    case = desk.case(request.case_id)
    if case is None or not concerns(case, request.actor):
        return Answer(disposition=Disposition.NOT_FOUND)
    if await _is_parked(desk, case.id):
        return Answer(disposition=Disposition.PARKED, case_id=case.id, version=case.version)
    if request.expected_version is not None and request.expected_version != case.version:
        return Answer(disposition=Disposition.STALE, case_id=case.id, version=case.version)
    return await _decide(desk, request, case)


def _again(desk: Desk, request: CommandRequest, seen: Seen) -> Answer:
    same = seen.fingerprint == desk.ids.fingerprint(request.canonical)
    disposition = Disposition.REPEATED if same else Disposition.CONFLICTING
    return Answer(disposition=disposition, reply=json.loads(seen.reply) if same else {}, case_id=seen.case_id)


async def _decide(desk: Desk, request: CommandRequest, case: Case) -> Answer:
    now = await desk.work.now()
    gathered = await gather(desk.work, desk.book, case, request.command, request.actor, others=desk.others)
    facts = desk.as_claimed(gathered)
    if facts.youth_justice is not None:
        known_by = token_of(case, facts.youth_justice) or agency_token(desk, case.id, facts.youth_justice)
        facts = replace(facts, clearance_token=known_by)
    try:
        decision = decide(case, request.command, facts, now)
    except Refusal as refusal:
        return _refused(request, case, refusal)
    events = await desk.apply(case.id, decision, request, facts, occurred=request.command.happened(now))
    after = desk.case(case.id) or case
    reply = {
        "version": after.version,
        "state": after.state,
        "events": [{"type": event.fact.wire, "sequence": event.envelope.sequence} for event in events],
    }
    return Answer(disposition=Disposition.APPLIED, reply=reply, case_id=case.id, version=after.version, events=events)


def _refused(request: CommandRequest, case: Case, refusal: Refusal) -> Answer:
    disposition = Disposition.NEEDLESS if request.fired is not None else Disposition.REFUSED
    reply = {"code": refusal.code, "facts": dict(refusal.facts), "version": case.version}
    return Answer(disposition=disposition, reply=reply, case_id=case.id, version=case.version, refusal=refusal)


def concerns(case: Case, actor: Actor) -> bool:
    """Whether the case exists for this actor at all: its provider, its referrers, its clearance, the timekeeper."""
    if actor.organisation in {TIMEKEEPER, case.provider, case.transfer_to, case.clearance_agency}:
        return True
    return any(actor.organisation == referrer.agency for referrer in case.referrers)
