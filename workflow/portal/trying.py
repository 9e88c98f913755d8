"""What a command would do now: the rules are asked with all their facts, and nothing is kept."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from schemas.commands import Command
from workflow.case.case import Case
from workflow.handlers.gathering import gather
from workflow.machine.decide import decide
from workflow.machine.permitted import refusal_of
from workflow.portal.asking import ASKED
from workflow.portal.parts import PortalParts
from workflow.portal.wording import Refused, refused
from workflow.portal_ports import Caller
from workflow.ports import Work
from workflow.rules.permissions import may
from workflow.rules.refusals import Refusal


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """Whether a command is allowed now; `depends` on named fields, or refused and why."""

    command: str
    allowed: bool | None
    fields: tuple[str, ...] = ()
    refusal: Refused | None = None
    events: tuple[str, ...] = ()
    version: int = 0

    @property
    def word(self) -> str:
        """allowed, refused or depends."""
        return {True: "allowed", False: "refused", None: "depends"}[self.allowed]


async def judge_all(parts: PortalParts, caller: Caller, case: Case) -> tuple[Verdict, ...]:
    """Return a verdict on every command that the caller's role may ask for, in the order of the catalogue."""
    mine = [(name, model) for name, model in ASKED.items() if may(caller.actor, model, case)]
    async with parts.store.work(case.tenant) as work:
        return tuple([await _judge(parts, caller, work, case, name) for name, _ in mine])


async def try_command(parts: PortalParts, caller: Caller, case_id: UUID, command: Command) -> Verdict | None:
    """Return the exact answer that the command would get now, or None where there is no such case."""
    async with parts.store.work(caller.tenant) as work:
        case = (await work.cases(caller.tenant, [case_id])).get(case_id)
        return await _exact(parts, caller, work, case, command) if case else None


async def _judge(parts: PortalParts, caller: Caller, work: Work, case: Case, name: str) -> Verdict:
    model = ASKED[name]
    code = refusal_of(model, case.state)
    if code is not None:
        facts: Mapping[str, object] = {"state": case.state, "command": name}
        return Verdict(command=name, allowed=False, refusal=refused(code, facts, caller), version=case.version)
    needed = _required(model)
    if needed:
        return Verdict(command=name, allowed=None, fields=tuple(needed), version=case.version)
    return await _exact(parts, caller, work, case, model())


async def _exact(parts: PortalParts, caller: Caller, work: Work, case: Case, command: Command) -> Verdict:
    name = type(command).__name__
    facts = await gather(work, parts.book, case, command, caller.actor)
    try:
        decision = decide(case, command, facts, await work.now())
    except Refusal as refusal:
        told = refused(refusal.code, refusal.facts, caller)
        return Verdict(command=name, allowed=False, refusal=told, version=case.version)
    events = tuple(fact.wire for fact in decision.facts)
    return Verdict(command=name, allowed=True, events=events, version=case.version)


def _required(model: type[Command]) -> Sequence[str]:
    return [name for name, field in model.model_fields.items() if field.is_required()]
