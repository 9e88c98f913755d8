"""One transaction's working memory: what was loaded, what has been decided, what will be kept."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from schemas.envelope import Recorded
from workflow.case.case import Case
from workflow.handlers.claimed import Claimed
from workflow.handlers.consequences import dead_letter_record, outcome_rows, published
from workflow.handlers.gathering import Rulebook
from workflow.handlers.requests import Answer, Request
from workflow.machine.decide import Circumstance, record
from workflow.machine.decision import (
    Claim,
    Decision,
    TimerChange,
)
from workflow.ports import (
    Answered,
    Batch,
    FiredTimer,
    IdSource,
    KeptCase,
    MessageKey,
    Outward,
    Position,
    Quarantined,
    Seen,
    Sending,
    Work,
)
from workflow.rules.facts import Facts


@dataclass(slots=True)
class Draft:
    """What one case gains in this transaction."""

    expected: int
    case: Case | None
    events: list[Recorded] = field(default_factory=list)
    outward: list[Outward] = field(default_factory=list)
    timers: list[TimerChange] = field(default_factory=list)
    claims: list[Claim] = field(default_factory=list)


@dataclass(slots=True)
class Desk:
    """Decisions taken so far within one Work; later requests of a batch see what earlier ones decided."""

    work: Work
    tenant: str
    book: Rulebook
    ids: IdSource
    drafts: dict[UUID, Draft] = field(default_factory=dict)
    answered: list[Answered] = field(default_factory=list)
    sendings: list[Sending] = field(default_factory=list)
    receipts: list[Outward] = field(default_factory=list)
    fired: list[FiredTimer] = field(default_factory=list)
    quarantined: list[Quarantined] = field(default_factory=list)
    parked: list[tuple[UUID, str]] = field(default_factory=list)
    looked_at: set[UUID] = field(default_factory=set)
    claimed: Claimed = field(default_factory=Claimed)
    replies: dict[MessageKey, Seen] = field(default_factory=dict)

    async def load(self, case_ids: Iterable[UUID]) -> None:
        """Load the cases that are not on the desk yet, in one read."""
        missing = sorted({case_id for case_id in case_ids if case_id not in self.drafts}, key=str)
        if missing:
            found = await self.work.cases(self.tenant, missing)
            self.drafts |= {case_id: Draft(case.version, case) for case_id, case in found.items()}

    def case(self, case_id: UUID) -> Case | None:
        """Return a case as it stands on the desk, or None."""
        draft = self.drafts.get(case_id)
        return draft.case if draft else None

    async def others(self, case_ids: Iterable[UUID]) -> Mapping[UUID, Case]:
        """Return other cases as they stand on the desk; nothing is kept if one of them moves on meanwhile."""
        wanted = set(case_ids)
        await self.load(wanted)
        found = {case_id: case for case_id in sorted(wanted, key=str) if (case := self.case(case_id)) is not None}
        self.looked_at |= found.keys()
        return found

    def as_claimed(self, facts: Facts) -> Facts:
        """Return the facts with the places and loads that this transaction has claimed or given back."""
        return self.claimed.laid_over(facts)

    async def apply(
        self, case_id: UUID, decision: Decision, request: Request, facts: Facts, *, occurred: datetime | None = None
    ) -> tuple[Recorded, ...]:
        """Record a decision, and those about other cases that belong to it; seal what it seals."""
        now = await self.work.now()
        asked = Circumstance(now, occurred or now, request.actor.id, self.ids.derive("correlation", *_names(request)))
        draft = self.drafts.setdefault(case_id, Draft(0, None))
        made = record(draft.case, case_id, self.tenant, decision, asked)
        draft.case = made.case
        draft.events += made.facts
        draft.outward += published(made, facts.policy)
        draft.timers += decision.timers
        draft.claims += decision.claims
        self.claimed.note(case_id, decision.claims)
        await self.work.seal(self.tenant, decision.seals, {"source_organisation": request.key.source})
        recorded = made.facts
        for other_id, other in decision.also:
            await self.load([other_id])
            recorded += await self.apply(other_id, other, request, facts, occurred=occurred)
        return recorded

    def answer(self, request: Request, answer: Answer, reply: bytes, *, keep: bool) -> None:
        """Note the reply, so that the same message gets it again, and count the sending."""
        seen = Seen(
            fingerprint=self.ids.fingerprint(request.canonical),
            disposition=answer.disposition,
            case_id=answer.case_id,
            reply=reply,
        )
        if keep:
            self.answered.append(Answered(key=request.key, seen=seen))
            self.replies[request.key] = seen
        self.sendings.append(Sending(source=request.key.source, number=request.sending, disposition=answer.disposition))

    async def set_aside(self, quarantined: Iterable[Quarantined]) -> None:
        """Keep records that could not be taken, say so on the dead letters, and park the cases that must wait."""
        now = await self.work.now()
        for one in quarantined:
            self.quarantined.append(one)
            self.receipts.append(dead_letter_record(one, self.ids, now))
            if one.sending is not None:
                self.sendings.append(one.sending)
            if one.parks and one.case_id is not None:
                self.parked.append((one.case_id, one.reason))

    def batch(self, position: Position | None) -> Batch:
        """Return all of it, for one transaction."""
        changed = {draft.case.id: (draft, draft.case) for draft in self.drafts.values() if draft.case and draft.events}
        return Batch(
            tenant=self.tenant,
            cases=tuple(self._kept(*changed[case_id]) for case_id in sorted(changed, key=str)),
            unmoved={case_id: self.drafts[case_id].expected for case_id in self.looked_at - changed.keys()},
            answered=tuple(self.answered),
            sendings=tuple(self.sendings),
            outward=tuple(self.receipts),
            quarantined=tuple(self.quarantined),
            parked=tuple(self.parked),
            fired=tuple(self.fired),
            position=position,
        )

    def _kept(self, draft: Draft, case: Case) -> KeptCase:
        policy = self.book.schemes[self.tenant].version(case.policy_version)
        return KeptCase(
            expected=draft.expected,
            case=case,
            events=tuple(draft.events),
            outward=tuple(draft.outward),
            timers=tuple(draft.timers),
            claims=tuple(draft.claims),
            outcomes=outcome_rows(case, self.ids, policy),
        )


def _names(request: Request) -> Sequence[str]:
    return (request.key.tenant, request.key.source, request.key.message_id)
