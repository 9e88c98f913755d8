"""The office: takes requests, decides them in one transaction, and decides again when somebody was faster."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from workflow.case.evolve import UnknownFactError
from workflow.handlers.casework import execute, foresee_opening
from workflow.handlers.desk import Desk
from workflow.handlers.gathering import Rulebook
from workflow.handlers.intake import foresee_searches, receive
from workflow.handlers.requests import (
    Answer,
    Asked,
    CommandRequest,
    PoisonError,
    ReferralRequest,
    Share,
    TooBusyError,
)
from workflow.machine.machines import ImpossibleMoveError
from workflow.ports import (
    ClaimLostError,
    IdSource,
    MessageKey,
    Position,
    Quarantined,
    Seen,
    StaleCaseError,
    Store,
    Work,
)
from workflow.rules.refusals import Refusal

__all__ = ["MOST_TRIES", "Office", "PoisonError", "TooBusyError"]

MOST_TRIES = 20
# What goes wrong with this request every time, and no stream may come to a stand for: a fault of ours, or a referral
# that opens no case because its scheme is not set up.
FAULTS = (
    ArithmeticError,
    AttributeError,
    ImpossibleMoveError,
    LookupError,
    Refusal,
    TypeError,
    UnknownFactError,
    ValueError,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Office:
    """Decides requests; knows ports and rules, no library. `fail_at` is called at named points (tests only)."""

    store: Store
    book: Rulebook
    ids: IdSource
    fail_at: Callable[[str], None] = lambda _: None

    async def handle(
        self, tenant: str, requests: Sequence[Asked], *, quarantined: Sequence[Quarantined] = ()
    ) -> tuple[Answer, ...]:
        """Decide a batch of one tenant in one transaction and return an answer a request, in order."""
        return await self.handle_all([Share(tenant=tenant, requests=requests, quarantined=quarantined)])

    async def handle_all(self, shares: Sequence[Share], *, position: Position | None = None) -> tuple[Answer, ...]:
        """Decide the shares of some tenants in one transaction and return an answer a request, in order.

        They come in the order of tenants, so that all lock in one order. Raises PoisonError for a request that cannot
        be decided; then nothing of the batch was kept.
        """
        for _ in range(MOST_TRIES):
            try:
                async with self.store.work(shares[0].tenant) as work:
                    return await self._once(work, shares, position)
            except (StaleCaseError, ClaimLostError):
                continue
        raise TooBusyError(", ".join(share.tenant for share in shares))

    async def _once(self, work: Work, shares: Sequence[Share], position: Position | None) -> tuple[Answer, ...]:
        answers: list[Answer] = []
        desks = [Desk(work, share.tenant, self.book, self.ids) for share in shares]
        for desk, share in zip(desks, shares, strict=True):
            answers += await self._decided(desk, share.requests, before=len(answers))
            await desk.set_aside(share.quarantined)
        first, *others = desks
        self.fail_at("before_sql")
        await work.keep(first.batch(position), *(desk.batch(None) for desk in others))
        self.fail_at("after_commit")
        return tuple(answers)

    async def _decided(self, desk: Desk, requests: Sequence[Asked], *, before: int) -> list[Answer]:
        """Answer the requests of one tenant; `before` counts those of the transaction that came earlier."""
        seen = await desk.work.seen([request.key for request in requests])
        await desk.load(request.case_id for request in requests if isinstance(request, CommandRequest))
        new = [request for request in requests if request.key not in seen]
        await foresee_searches(desk, [request for request in new if isinstance(request, ReferralRequest)])
        await foresee_opening(desk, [request for request in new if isinstance(request, CommandRequest)])
        return [
            await self._answer(desk, before + index, request, self._known(desk, seen, request.key))
            for index, request in enumerate(requests)
        ]

    def _known(self, desk: Desk, seen: Mapping[MessageKey, Seen], key: MessageKey) -> Seen | None:
        """Return what is known of a message, from earlier transactions or earlier in this one."""
        return desk.replies.get(key) or seen.get(key)

    async def _answer(self, desk: Desk, index: int, request: Asked, seen: Seen | None) -> Answer:
        try:
            if isinstance(request, ReferralRequest):
                return await receive(desk, request, seen)
            return await execute(desk, request, seen)
        except FAULTS as error:
            raise PoisonError(index, type(error).__name__) from error
