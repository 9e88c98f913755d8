"""Receipts of what an agency sent by topic, on its own notices topic; by HTTP the reply is the receipt."""

import json
from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from schemas import topics
from schemas.headers import ce_headers
from schemas.notices import Receipt
from schemas.problems import Problem, problem_at
from schemas.vocabulary import AgencyKind
from workflow.case.parties import token_of
from workflow.handlers.desk import Desk
from workflow.handlers.requests import Answer, CommandRequest, Disposition, Request
from workflow.machine.decisions import REASONS
from workflow.ports import Outward


def agency_token(desk: Desk, case_id: UUID, organisation: str) -> UUID:
    """Return the random-looking token by which one organisation knows one case (contracts section 1)."""
    return desk.ids.derive("agency", str(case_id), organisation)


def amendment_receipt(desk: Desk, request: CommandRequest, answer: Answer) -> Mapping[str, object] | None:
    """Return what an agency is told of its amendment; None while it waits for a parked case."""
    status, problems, known = _judged(answer)
    if status is None:
        return None
    case = desk.case(answer.case_id) if known and answer.case_id else None
    token = token_of(case, request.key.source) if case else None
    told = tuple(problem.model_dump() for problem in problems)
    receipt = Receipt(message_id=request.key.message_id, status=status, referral=token, problems=told)
    return receipt.model_dump(mode="json")


def receipt_record(desk: Desk, request: Request, receipt: Mapping[str, object], now: datetime) -> Outward:
    """Return the receipt for one sending; read twice before it was kept, it is made twice but kept once."""
    kind = AgencyKind(request.actor.kind)
    value = json.dumps(dict(receipt)).encode()
    said = desk.ids.fingerprint(value).hex()  # a mended body may come under the number of the one it mends
    receipt_id = desk.ids.derive("receipt", request.key.source, request.key.message_id, request.sending, said)
    key = str(receipt.get("referral") or request.key.message_id)
    return Outward(
        topic=topics.notices(kind, request.key.source),
        key=key.encode(),
        case_id=receipt_id,
        sequence=0,
        part=1,
        event_id=str(receipt_id),
        headers=ce_headers(
            name=str(receipt_id),
            tenant=desk.tenant,
            kind=f"notice.{kind}.receipt",
            at=now.isoformat(),
            subject=key,
            schema="notices/receipt",
        ),
        value=value,
    )


def _judged(answer: Answer) -> tuple[str | None, tuple[Problem, ...], bool]:
    """Return the status, what is wrong, and whether the sender may be told the referral's token."""
    if answer.disposition is Disposition.PARKED:
        return None, (), False
    if answer.disposition is Disposition.CONFLICTING:
        return "conflicting", (), False
    if answer.disposition is Disposition.NOT_FOUND:
        sentence = "{field} names no referral of yours; give the message id under which you sent it."
        return "rejected", (problem_at(("amends",), "unknown_referral", sentence),), False
    if "code" in answer.reply:
        return "refused", (_refusal(str(answer.reply["code"])),), True
    return "applied", (), True


def _refusal(code: str) -> Problem:
    """Return a refusal as an agency may read it: the cover where there is one, and never a fact (contracts 3)."""
    shown = REASONS[code].cover or code
    reason = REASONS[shown]
    return Problem(pointer="", code=shown, message=f"{reason.rule} {reason.remedy}")
