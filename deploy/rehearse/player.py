"""Play a scenario: the clock jumps to each step's time, and every timer due on the way fires first."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid5

import orjson
from pydantic import ValidationError

from deploy.rehearse import defaults
from deploy.rehearse.fillers import Filling, filled
from deploy.rehearse.findings import Finding, compare, compare_notices
from deploy.rehearse.ground import Ground, Reference
from deploy.rehearse.scenario import AGENCY_WORDS, By, Do, Expect, Refer, Refused, Scenario, ScenarioError, Step
from schemas.commands import COMMANDS, Command
from schemas.problems import nearest, problems_of
from schemas.referrals.reading import ReferralRejected, canonical, read_referral
from schemas.vocabulary import AgencyKind, OrganisationKind, Role
from workflow.case.case import Case
from workflow.handlers.gathering import Rulebook
from workflow.handlers.office import Office
from workflow.handlers.requests import Answer, CommandRequest, Disposition, ReferralRequest
from workflow.machine.decisions import REASONS
from workflow.portal.views import case_view
from workflow.portal_ports import Caller
from workflow.ports import MessageKey
from workflow.rules.calendar import Calendar, local_day
from workflow.rules.disclosure import agency_view
from workflow.rules.facts import Actor
from workflow.rules.permissions import PERMISSIONS, TIMEKEEPER
from workflow.schemes import Scheme, packaged_schemes

EVERY_ROLE = frozenset(Role)
AHEAD = timedelta(days=40)


@dataclass(slots=True)
class Player:
    """One rehearsal under way."""

    scenario: Scenario
    ground: Ground
    office: Office
    now: datetime
    cases: dict[str, UUID] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    steps: int = 0

    @property
    def tenant(self) -> str:
        """The scheme that the scenario plays in."""
        return self.scenario.scheme

    async def play(self) -> tuple[Finding, ...]:
        """Play every step and return what was found for each expectation."""
        for number, step in enumerate(self.scenario.steps, start=1):
            self.steps = number
            if step.at is not None:
                await self.jump(step.at)
            await self._step(step)
        return tuple(self.findings)

    async def jump(self, to: datetime) -> None:
        """Move the clock, firing each timer at its own due time."""
        if to < self.now:
            raise ScenarioError(f"step {self.steps}", ("its `at` lies before the step above it",))
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
            await self._expect(expectation)

    async def _refer(self, refer: Refer) -> None:
        answer, problems = await self._send(refer)
        if answer.disposition not in {Disposition.APPLIED, Disposition.REPEATED} or answer.case_id is None:
            said = problems or str(answer.disposition)
            self._found(f"refer {refer.known_as}", "a case", said, holds=False)
            return
        self.cases[refer.known_as] = answer.case_id

    async def _rejected(self, refer: Refer) -> None:
        answer, problems = await self._send(refer)
        rejected = answer.disposition is Disposition.REJECTED
        self._found(f"rejected {refer.known_as}", "rejected", problems or str(answer.disposition), holds=rejected)

    async def _send(self, refer: Refer) -> tuple[Answer, str]:
        kind, slug = self._agency(refer.agency)
        given = dict(refer.model_extra or {})
        body = defaults.referral_body(kind, refer.known_as, given, self.now) | {"agency": slug}
        try:
            referral, problems = read_referral(kind, body, self.now), ()
        except ReferralRejected as rejected:
            referral, problems = None, rejected.problems
        request = ReferralRequest(
            key=MessageKey(tenant=self.tenant, source=slug, message_id=str(body["message_id"])),
            canonical=canonical(body),
            actor=Actor(id=slug, organisation=slug, kind=OrganisationKind(kind)),
            sending=f"{self.steps}",
            kind=kind,
            referral=referral,
            problems=tuple(
                {"pointer": problem.pointer, "code": problem.code, "message": problem.message} for problem in problems
            ),
        )
        (answer,) = await self.office.handle(self.tenant, [request])
        return answer, "; ".join(f"{problem.pointer} {problem.message}" for problem in problems)

    def _agency(self, word: str) -> tuple[AgencyKind, str]:
        if word in AGENCY_WORDS:
            return AGENCY_WORDS[word], defaults.AGENCIES[AGENCY_WORDS[word]]
        found = next((row for row in defaults.organisations(self.tenant) if row.slug == word), None)
        if found is None or found.kind not in tuple(OrganisationKind(kind) for kind in AgencyKind):
            raise ScenarioError(f"step {self.steps}", (f"there is no agency {word}",))
        return AgencyKind(found.kind), word

    async def _do(self, asked: Do) -> None:
        answer = await self._command(asked)
        done = answer.disposition is Disposition.APPLIED
        if not done:
            self._found(f"{asked.command} on {asked.case}", "done", _said(answer), holds=False)

    async def _refused(self, asked: Refused) -> None:
        answer = await self._command(asked)
        code = answer.refusal.code if answer.refusal else str(answer.disposition)
        self._found(f"{asked.command} on {asked.case} is refused", asked.code, code, holds=code == asked.code)
        if asked.shown_code is not None:
            shown = (REASONS[code].cover or code) if code in REASONS else code
            self._found(f"{asked.command} is shown to others", asked.shown_code, shown, holds=shown == asked.shown_code)

    async def _command(self, asked: Do) -> Answer:
        case = await self._case(asked.case)
        kind = COMMANDS[asked.command]
        data = filled(kind, asked.data, await self._filling(case))
        try:
            command = kind.model_validate(data)
        except ValidationError as error:
            problems = tuple(f"{p.pointer}: {p.message}" for p in problems_of(error, kind))
            earlier = tuple(finding.line() for finding in self.findings if not finding.holds)
            raise ScenarioError(f"step {self.steps} ({asked.command})", (*problems, *earlier)) from error
        return await self._ask(case.id, command, self._actor(asked.by, kind, case), f"step:{self.steps}")

    async def _filling(self, case: Case) -> Filling:
        async with self.ground.store.work(self.tenant) as work:
            free = await work.open_slots(self.tenant, case.provider, self.now, self.now + AHEAD)
        soonest = sorted(free.values(), key=lambda slot: (slot.starts_at, slot.id))
        return Filling(case=case, slots=soonest, cases=self.cases, now=self.now)

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

    def _actor(self, by: By | None, command: type[Command], case: Case) -> Actor:
        if by is None:
            return self._default_actor(command, case)
        if by.role in AGENCY_WORDS:
            kind = AGENCY_WORDS[by.role]
            slug = by.organisation or defaults.AGENCIES[kind]
            return Actor(id=by.name, organisation=slug, kind=OrganisationKind(kind))
        if by.role not in tuple(Role):
            guess = nearest(by.role, [*Role, *AGENCY_WORDS])
            raise ScenarioError(f"step {self.steps}", (f"there is no role {by.role}; did you mean {guess}?",))
        organisation = by.organisation or case.provider
        return Actor(
            id=by.name,
            organisation=organisation,
            kind=OrganisationKind.PROVIDER,
            roles=frozenset({Role(by.role)}),
        )

    def _default_actor(self, command: type[Command], case: Case) -> Actor:
        row = PERMISSIONS[command]
        if row.roles:
            provider = case.transfer_to if row.receiving_provider and case.transfer_to else case.provider
            return Actor(id="A", organisation=provider, kind=OrganisationKind.PROVIDER, roles=EVERY_ROLE)
        return Actor(id="A", organisation=case.governing.agency, kind=OrganisationKind(case.governing.kind))

    async def _case(self, name: str) -> Case:
        if name not in self.cases:
            raise ScenarioError(f"step {self.steps}", (f"no referral was made as {name}",))
        async with self.ground.store.work(self.tenant) as work:
            found = await work.cases(self.tenant, [self.cases[name]])
        return found[self.cases[name]]

    async def _expect(self, expect: Expect) -> None:
        if expect.case is not None and expect.notices is None:
            case = await self._case(expect.case)
            self.findings += compare(self.steps, expect.case, expect.rest, self._view(case))
        elif expect.notices is not None:
            outward = await self.ground.outward(self.tenant)
            only = self.cases.get(expect.case) if expect.case else None
            told = [record for case_id, record in outward if only is None or case_id == only]
            self.findings += compare_notices(self.steps, expect.notices, expect.rest, told)
        elif expect.view is not None:
            await self._expect_view(expect.view, expect.rest)

    def _view(self, case: Case) -> Mapping[str, Any]:
        caller = Caller(
            id="A", tenant=self.tenant, organisation=case.provider, kind=OrganisationKind.PROVIDER, roles=EVERY_ROLE
        )
        policy = self.office.book.schemes[self.tenant].version(case.policy_version)
        return case_view(case, caller, policy)

    async def _expect_view(self, name: str, rest: Mapping[str, Any]) -> None:
        case = await self._case(name)
        organisation = str(rest.get("as", {}).get("organisation"))
        seen = dict(agency_view(case, organisation))
        found = bool(seen) or organisation == case.provider
        if "found" in rest:
            self._found(f"{organisation} looks for {name}", rest["found"], found, holds=found is rest["found"])
        never = [word for word in rest.get("never_contain", ()) if word in seen]
        self._found(f"{organisation} never sees", [], never, holds=not never)
        shown = {key: value for key, value in rest.items() if key not in {"as", "found", "never_contain"}}
        self.findings += compare(self.steps, f"{name} as {organisation}", shown, seen)

    def _found(self, what: str, expected: object, found: object, *, holds: bool) -> None:
        self.findings.append(Finding(step=self.steps, what=what, expected=expected, found=found, holds=holds))


def _said(answer: Answer) -> str:
    if answer.refusal is None:
        return str(answer.disposition)
    facts = ", ".join(f"{name} {value}" for name, value in answer.refusal.facts.items())
    reason = REASONS.get(answer.refusal.code)
    words = f": {reason.rule} {reason.remedy}" if reason else ""
    return f"refused as {answer.refusal.code}{words} ({facts})"


async def rehearse(scenario: Scenario, ground: Ground, calendar: Calendar) -> tuple[Finding, ...]:
    """Play a scenario on fresh ground and return its findings."""
    schemes = packaged_schemes()
    if scenario.scheme not in schemes:
        guess = nearest(scenario.scheme, schemes)
        raise ScenarioError("scheme", (f"there is no scheme {scenario.scheme}; did you mean {guess}?",))
    scheme: Scheme = schemes[scenario.scheme]
    if scenario.policy:
        scheme = scheme.with_overrides(scenario.policy)
    begins = scenario.begins
    await ground.set_clock(begins)
    reference = Reference(
        organisations=defaults.organisations(scenario.scheme),
        sites=defaults.sites(),
        slots=defaults.slots(local_day(begins) - timedelta(days=1)),
        caseworkers=defaults.caseworkers(),
    )
    await ground.fill(scenario.scheme, reference)
    book = Rulebook(schemes={scenario.scheme: scheme}, calendar=calendar)
    office = Office(store=ground.store, book=book, ids=ground.ids)
    return await Player(scenario, ground, office, begins).play()
