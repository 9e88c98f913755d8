"""Play a scenario: the clock jumps to each step's time, and every timer due on the way fires first."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid5

import orjson
from pydantic import ValidationError

from deploy.rehearse import defaults
from deploy.rehearse.acting import actor_of, agency_of, opened_case, said, unknown
from deploy.rehearse.expecting import case_findings, notice_findings, view_findings
from deploy.rehearse.fillers import Filling, filled
from deploy.rehearse.findings import Finding
from deploy.rehearse.ground import Ground, Reference
from deploy.rehearse.places import ScenarioError
from deploy.rehearse.scenario import Asked, Do, Expect, Refer, Refused, Rejected, Scenario, Step
from schemas import commands as c
from schemas.commands import COMMANDS, Command
from schemas.problems import Problem, problems_of
from schemas.referrals.reading import ReferralRejected, canonical, read_referral
from schemas.vocabulary import OrganisationKind
from workflow.case.case import Case
from workflow.handlers.gathering import Rulebook, gather
from workflow.handlers.office import Office
from workflow.handlers.requests import Answer, CommandRequest, Disposition, ReferralRequest
from workflow.machine.decisions import REASONS
from workflow.ports import MessageKey, Work
from workflow.rules.calendar import Calendar, local_day
from workflow.rules.facts import Actor, Slot
from workflow.rules.permissions import TIMEKEEPER
from workflow.rules.suitability import seeker, slot_bar
from workflow.schemes import Scheme, packaged_schemes

TAKEN = frozenset({Disposition.APPLIED, Disposition.REPEATED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Played:
    """A rehearsal that is over: its findings, its cases by name, and all that was sent and asked in it."""

    tenant: str
    findings: tuple[Finding, ...]
    cases: dict[str, UUID]
    referrals: tuple[dict[str, Any], ...]
    commands: tuple[Command, ...]


@dataclass(slots=True)
class Player:
    """One rehearsal under way."""

    scenario: Scenario
    ground: Ground
    office: Office
    now: datetime
    cases: dict[str, UUID] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    referrals: list[dict[str, Any]] = field(default_factory=list)
    commands: list[Command] = field(default_factory=list)
    steps: int = 0

    @property
    def tenant(self) -> str:
        """The scheme that the scenario plays in."""
        return self.scenario.scheme

    @property
    def where(self) -> str:
        """The step under way, for a person."""
        return f"step {self.steps}"

    async def play(self) -> Played:
        """Play every step and return what was found for each expectation."""
        for number, step in enumerate(self.scenario.steps, start=1):
            self.steps = number
            if step.at is not None:
                await self.jump(step.at)
            await self._step(step)
        return Played(
            tenant=self.tenant,
            findings=tuple(self.findings),
            cases=self.cases,
            referrals=tuple(self.referrals),
            commands=tuple(self.commands),
        )

    async def jump(self, to: datetime) -> None:
        """Move the clock, firing each timer at its own due time."""
        if to < self.now:
            raise self._unplayable("its `at` lies before the step above it")
        while due := await self.ground.due(self.tenant, to):
            timer = due[0]
            self.now = max(self.now, timer.due_at)
            await self.ground.set_clock(self.now)
            name = f"timer:{timer.fired.case_id}:{timer.fired.name}:{timer.fired.generation}"
            await self._ask(timer.fired.case_id, timer.command, TIMEKEEPER, name, fired=timer.fired)
        self.now = to
        await self.ground.set_clock(to)

    async def _step(self, step: Step) -> None:
        if step.refer:
            await self._refer(step.refer)
        elif step.rejected:
            await self._rejected(step.rejected)
        elif step.do:
            await self._do(step.do)
        elif step.refused:
            await self._refused(step.refused)
        for expectation in step.expect or ():
            self.findings += await self._expect(expectation)

    async def _refer(self, refer: Refer) -> None:
        answer, problems = await self._send(refer)
        if answer.disposition not in TAKEN or answer.case_id is None:
            why = "; ".join(f"{problem.pointer} {problem.message}" for problem in problems)
            raise self._unplayable(f"the referral was {answer.disposition}", why)
        self.cases[refer.known_as] = answer.case_id

    async def _rejected(self, refer: Rejected) -> None:
        answer, problems = await self._send(refer)
        rejected = answer.disposition is Disposition.REJECTED
        self._found(f"referral {refer.known_as}", "rejected", str(answer.disposition), holds=rejected)
        if refer.naming:
            wanted, named = sorted(refer.naming), sorted(problem.pointer for problem in problems)
            self._found(f"the rejection of {refer.known_as} names", wanted, named, holds=named == wanted)

    async def _send(self, refer: Refer) -> tuple[Answer, tuple[Problem, ...]]:
        kind, slug = agency_of(refer.agency, self.tenant, self.where)
        given = dict(refer.model_extra or {})
        body = defaults.referral_body(kind, refer.known_as, given, self.now) | {"agency": slug}
        self.referrals.append(body)
        problems: tuple[Problem, ...] = ()
        try:
            referral = read_referral(kind, body, self.now)
        except ReferralRejected as rejected:
            referral, problems = None, rejected.problems
        request = ReferralRequest(
            key=MessageKey(tenant=self.tenant, source=slug, message_id=str(body["message_id"])),
            canonical=canonical(body),
            actor=Actor(id=slug, organisation=slug, kind=OrganisationKind(kind)),
            sending=f"{self.steps}",
            kind=kind,
            referral=referral,
            problems=tuple({"pointer": p.pointer, "code": p.code, "message": p.message} for p in problems),
        )
        (answer,) = await self.office.handle(self.tenant, [request])
        return answer, problems

    async def _do(self, asked: Do) -> None:
        answer = await self._command(asked)
        if answer.disposition is not Disposition.APPLIED:
            self._found(f"{asked.command} on {asked.case}", "done", said(answer), holds=False)
            return
        opened = opened_case(answer)
        if asked.opens is not None and opened is not None:
            self.cases[asked.opens] = opened

    async def _refused(self, asked: Refused) -> None:
        answer = await self._command(asked)
        code = answer.refusal.code if answer.refusal else str(answer.disposition)
        self._found(f"{asked.command} on {asked.case} is refused", asked.code, code, holds=code == asked.code)
        if asked.shown_code is not None:
            shown = (REASONS[code].cover or code) if code in REASONS else code
            self._found(f"{asked.command} is shown to others", asked.shown_code, shown, holds=shown == asked.shown_code)

    async def _command(self, asked: Asked) -> Answer:
        case = await self._case(asked.case)
        kind = COMMANDS[asked.command]
        actor = actor_of(asked.by, kind, case, self.where)
        try:
            command = kind.model_validate(filled(kind, asked.data, await self._filling(case, kind, actor)))
        except ValidationError as error:
            raise self._unplayable(*(f"{p.pointer}: {p.message}" for p in problems_of(error, kind))) from error
        self.commands.append(command)
        return await self._ask(case.id, command, actor, f"step:{self.steps}")

    async def _filling(self, case: Case, kind: type[Command], actor: Actor) -> Filling:
        free: list[Slot] = []
        if kind in {c.BookSession, c.RescheduleSession}:
            async with self.ground.store.work(self.tenant) as work:
                free = await self._fitting(work, case, actor)
        return Filling(case=case, slots=free, cases=self.cases, now=self.now)

    async def _fitting(self, work: Work, case: Case, actor: Actor) -> list[Slot]:
        """Return the free slots that the rules of planning would offer, soonest first."""
        facts = await gather(work, self.office.book, case, c.ProposePlan(), actor)
        seeking = seeker(case, facts, self.now)
        fitting = (slot for slot in facts.slots.values() if slot_bar(seeking, slot) is None)
        return sorted(fitting, key=lambda slot: (slot.starts_at, slot.id))

    async def _ask(self, case_id: UUID, command: Command, actor: Actor, name: str, *, fired: Any = None) -> Answer:
        request = CommandRequest(
            key=MessageKey(tenant=self.tenant, source=actor.organisation, message_id=str(uuid5(case_id, name))),
            canonical=orjson.dumps(command.model_dump(mode="json")),
            actor=actor,
            sending=name,
            case_id=case_id,
            command=command,
            fired=fired,
        )
        (answer,) = await self.office.handle(self.tenant, [request])
        return answer

    async def _case(self, name: str) -> Case:
        if name not in self.cases:
            raise self._unplayable(unknown("referral made as", name, [*self.cases]))
        async with self.ground.store.work(self.tenant) as work:
            found = await work.cases(self.tenant, [self.cases[name]])
        return found[self.cases[name]]

    async def _expect(self, expect: Expect) -> list[Finding]:
        scheme = self.office.book.schemes[self.tenant]
        if expect.notices is not None:
            only = (await self._case(expect.case)).id if expect.case else None
            return await notice_findings(self.steps, expect, self.ground, self.tenant, only)
        if expect.case is not None:
            case = await self._case(expect.case)
            return list(case_findings(self.steps, expect.case, case, scheme, expect.rest))
        name = str(expect.view)
        return list(view_findings(self.steps, name, await self._case(name), scheme, expect.rest))

    def _found(self, what: str, expected: object, found: object, *, holds: bool) -> None:
        self.findings.append(Finding(step=self.steps, what=what, expected=expected, found=found, holds=holds))

    def _unplayable(self, *problems: str) -> ScenarioError:
        """Name the step and what went wrong before it, which is often the reason."""
        earlier = (finding.line() for finding in self.findings if not finding.holds)
        return ScenarioError(self.where, (*problems, *earlier))


async def play(scenario: Scenario, ground: Ground, calendar: Calendar) -> Played:
    """Play a scenario on fresh ground."""
    scheme, begins = scheme_of(scenario), scenario.begins
    await ground.set_clock(begins)
    reference = Reference(
        organisations=defaults.organisations(scenario.scheme),
        sites=defaults.sites(),
        slots=defaults.slots(local_day(begins) - timedelta(days=1), local_day(scenario.ends)),
        caseworkers=defaults.caseworkers(),
    )
    await ground.fill(scenario.scheme, reference)
    book = Rulebook(schemes={scenario.scheme: scheme}, calendar=calendar)
    office = Office(store=ground.store, book=book, ids=ground.ids)
    return await Player(scenario, ground, office, begins).play()


async def rehearse(scenario: Scenario, ground: Ground, calendar: Calendar) -> tuple[Finding, ...]:
    """Play a scenario on fresh ground and return its findings."""
    return (await play(scenario, ground, calendar)).findings


def scheme_of(scenario: Scenario) -> Scheme:
    """Return the scheme that a scenario names, with its overrides; ScenarioError when there is none."""
    schemes = packaged_schemes()
    if scenario.scheme not in schemes:
        raise ScenarioError("scheme", (unknown("scheme", scenario.scheme, [*schemes]),))
    scheme: Scheme = schemes[scenario.scheme]
    return scheme.with_overrides(scenario.policy) if scenario.policy else scheme
