"""From what a caller sends to a request of the office, and back to what he may read of the answer."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from pydantic import ValidationError

from schemas import commands as c
from schemas.commands import COMMANDS, Command
from schemas.problems import Problem, nearest, problem_at, problems_of
from schemas.referrals import Referral
from schemas.referrals.reading import ReferralRejected, canonical, read_referral
from schemas.vocabulary import AgencyKind
from workflow.handlers.requests import Answer, CommandRequest, ReferralRequest
from workflow.portal.errors import contract_broken
from workflow.portal.parts import PortalParts
from workflow.portal_ports import Caller
from workflow.ports import MessageKey
from workflow.rules.facts import Actor

# A referral has an address of its own; the others are the timekeeper's.
NOT_ASKED_HERE = frozenset({c.SubmitReferral, c.WarnOfClock, c.BreachClock, c.TellOfBreach, c.RemindOfSession})
ASKED: Mapping[str, type[Command]] = {
    name: command for name, command in COMMANDS.items() if command not in NOT_ASKED_HERE
}
# Where the data of a command stand in a body that names the command; an amendment may be its data alone.
DATA = "/data"
NOT_YOURS = problem_at(("agency",), "not_yours", "{field} must be the organisation that signed in; name your own.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Speaker:
    """On whose behalf a referral is sent, and by whom."""

    tenant: str
    agency: str
    kind: AgencyKind
    actor: Actor


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One command as it was sent; `key` is the caller's own id for this asking, if he gave one.

    `token`: by which an agency knows the case, and the one in which that goes on: asking again stays the same asking.
    `at` is where the data stand in the body that was sent.
    """

    case_id: UUID
    type: str
    data: Mapping[str, object]
    version: int | None
    key: str | None = None
    sending: str | None = None
    token: UUID | None = None
    at: str = DATA


async def submit(parts: PortalParts, speaker: Speaker, body: Mapping[str, object], sending: str | None) -> Answer:
    """Hand a referral to the office, with its problems if it has any; the same body again gets the same answer."""
    form = canonical(body)
    referral: Referral | None = None
    problems: tuple[Mapping[str, str], ...] = ()
    try:
        referral = read_referral(speaker.kind, body, await parts.clock.now())
        message_id: UUID | None = referral.message_id
    except ReferralRejected as rejected:
        message_id = rejected.message_id
        problems = tuple(problem.model_dump() for problem in rejected.problems)
    if body.get("agency", speaker.agency) != speaker.agency:
        referral, problems = None, (NOT_YOURS.model_dump(), *problems)
    named = str(message_id) if message_id else parts.ids.fingerprint(form).hex()
    request = ReferralRequest(
        key=MessageKey(tenant=speaker.tenant, source=speaker.agency, message_id=named),
        canonical=form,
        actor=speaker.actor,
        sending=sending or parts.secret(),
        kind=speaker.kind,
        referral=referral,
        problems=problems,
    )
    (answer,) = await parts.office.handle(speaker.tenant, [request])
    return answer


async def ask(parts: PortalParts, caller: Caller, asked: Asked) -> Answer:
    """Hand a command to the office; raises a ProblemError for one that breaks its contract."""
    body = {"case": str(asked.token or asked.case_id), "type": asked.type, "data": dict(asked.data)}
    key = MessageKey(
        tenant=caller.tenant,
        # Two callers of one organisation may choose the same key; each means his own.
        source=f"{caller.organisation}:{caller.id}",
        message_id=asked.key or parts.secret(),
    )
    request = CommandRequest(
        key=key,
        canonical=canonical(body),
        actor=caller.actor,
        sending=asked.sending or parts.secret(),
        case_id=asked.case_id,
        command=command_of(asked.type, asked.data, asked.at),
        expected_version=asked.version,
    )
    (answer,) = await parts.office.handle(caller.tenant, [request])
    return answer


def command_of(name: str, data: Mapping[str, object], at: str = DATA) -> Command:
    """Return the command, or raise the broken contract with one entry a field of the body in which the data stand."""
    model = ASKED.get(name)
    if model is None:
        raise contract_broken([_unknown_command(name).model_dump()])
    try:
        return model.model_validate(dict(data))
    except ValidationError as error:
        problems = problems_of(error, model)
    raise contract_broken(
        [problem.model_copy(update={"pointer": at + problem.pointer}).model_dump() for problem in problems]
    )


def _unknown_command(name: str) -> Problem:
    near = nearest(name, tuple(ASKED))
    remedy = f"did you mean {near}?" if near else "take one from the catalogue."
    return problem_at(("type",), "unknown_command", f"{{field}} names no command; {remedy}")
