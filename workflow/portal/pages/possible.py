"""Whether a command can be done now with any values at all: what a form could send is tried by the rules, unkept."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import product
from typing import Any, get_origin

from pydantic import ValidationError

from schemas.commands import Command
from schemas.vocabulary import OrganisationKind
from workflow.case.case import Case
from workflow.handlers.gathering import Needs, gather, needs_of
from workflow.machine.decide import decide
from workflow.machine.permitted import refusal_of
from workflow.portal.asking import ASKED
from workflow.portal.pages.forms import listed_values, plain_type
from workflow.portal.parts import PortalParts
from workflow.portal.wording import Refused, plain, refused
from workflow.portal_ports import Caller
from workflow.ports import Work
from workflow.rules.facts import Facts
from workflow.rules.permissions import PERMISSIONS, may
from workflow.rules.refusals import Refusal

MOST_TRIED = 300
# Said of a session that no form has chosen yet; its own page tries each.
OPEN_CHOICE = frozenset({"slot_unknown"})
# Their own pages do not ask when it happened.
NOW_ALONE = frozenset({"BookSession", "RescheduleSession", "RecordAttendance", "CorrectAttendance"})
# What stands for anything that may be typed, by field or by type.
SPECIMENS: Mapping[object, object] = {"fields": ("/participant/phone",), "responsible_adult": 0, int: 1, str: "-"}
NO_CHOICE: Mapping[str, tuple[str, str]] = {
    "session": ("The case has no session yet.", "Book a session first."),
    "affected": ("The case names nobody who was affected.", "Nothing to do."),
    "other_case_id": ("No possible match waits for a decision.", "Nothing to do."),
    "provider": ("The scheme has no other provider.", "Nothing to do."),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """What trying needs: who asks about which case, when, and the facts that were gathered so far, by need."""

    parts: PortalParts
    caller: Caller
    work: Work
    case: Case
    now: datetime
    ids: Mapping[str, tuple[str, ...]]
    gathered: dict[Needs, Facts] = field(default_factory=dict)


async def reasons_against(parts: PortalParts, caller: Caller, case: Case) -> dict[str, Refused | None]:
    """Return for each command that the caller's role may ask for why it cannot be done now, or None if it can."""
    mine = [model for model in ASKED.values() if may(caller.actor, model, case)]
    return await _tried(parts, caller, case, mine)


async def why_not(parts: PortalParts, caller: Caller, case: Case, command: str) -> Refused | None:
    """Return why the caller cannot do this now, whatever he would fill in, or None if he can."""
    model = ASKED[command]
    if not may(caller.actor, model, case):
        return _not_by_you(model)
    return (await _tried(parts, caller, case, [model]))[command]


def _not_by_you(model: type[Command]) -> Refused:
    roles = sorted(plain(role) for role in PERMISSIONS[model].roles)
    who = f"This is for the {' or the '.join(roles)}." if roles else "This is for the organisation that referred."
    return Refused(code="role_may_not", rule=who, remedy="Ask them to do it.", facts={})


async def _tried(
    parts: PortalParts, caller: Caller, case: Case, models: Sequence[type[Command]]
) -> dict[str, Refused | None]:
    ids = await _ids(parts, caller, case)
    async with parts.store.work(case.tenant) as work:
        trial = Trial(parts=parts, caller=caller, work=work, case=case, now=await work.now(), ids=ids)
        return {model.__name__: await _reason(trial, model) for model in models}


async def _ids(parts: PortalParts, caller: Caller, case: Case) -> dict[str, tuple[str, ...]]:
    organisations = await parts.reading.organisations(caller)
    providers = (one.slug for one in organisations if one.kind is OrganisationKind.PROVIDER)
    return {
        "session": tuple(str(one.id) for one in case.sessions),
        "affected": tuple(str(one.token) for one in case.affected),
        "other_case_id": tuple(str(one.other_case) for one in case.matches if not one.decided),
        "provider": tuple(slug for slug in providers if slug != case.provider),
        "slot": ("-",),
    }


async def _reason(trial: Trial, model: type[Command]) -> Refused | None:
    code = refusal_of(model, trial.case.state)
    if code is not None:
        return refused(code, {"state": trial.case.state, "command": model.__name__}, trial.caller)
    for name, (rule, remedy) in NO_CHOICE.items():
        if name in model.model_fields and not trial.ids[name]:
            return Refused(code="nothing_to_choose", rule=rule, remedy=remedy, facts={})
    against: Counter[str] = Counter()
    for tried, command in enumerate(_specimens(trial, model)):
        if tried == MOST_TRIED:
            return None
        facts = await _facts(trial, command)
        try:
            decide(trial.case, command, facts, trial.now)
        except Refusal as refusal:
            if refusal.code in OPEN_CHOICE:
                return None
            against[refusal.code] += 1
        else:
            return None
    return refused(against.most_common(1)[0][0], {}, trial.caller) if against else None


async def _facts(trial: Trial, command: Command) -> Facts:
    """Commands that need the same share what was gathered; one that names another case or a slot has its own."""
    if {"other_case_id", "slot"} & type(command).model_fields.keys():
        return await gather(trial.work, trial.parts.book, trial.case, command, trial.caller.actor)
    needs = needs_of(command)
    if needs not in trial.gathered:
        facts = await gather(trial.work, trial.parts.book, trial.case, command, trial.caller.actor)
        trial.gathered[needs] = facts
    return trial.gathered[needs]


def _specimens(trial: Trial, model: type[Command]) -> Iterator[Command]:
    """Yield the command with each combination of values, the simplest first; also as if it had happened earlier."""
    over = () if model.__name__ in NOW_ALONE else (*_over(trial), trial.case.received_at)
    values = {name: _values(trial, name, one) for name, one in model.model_fields.items() if name != "occurred_at"}
    for happened, *filled in product((None, *over), *values.values()):
        named = {name: value for name, value in zip(values, filled, strict=True) if value is not None}
        try:
            yield model.model_validate({**named, "occurred_at": happened})
        except ValidationError:
            continue


def _values(trial: Trial, name: str, asked: Any) -> tuple[Any, ...]:
    """Return values that a form could send; None leaves the field out, first where it may be."""
    annotation = plain_type(asked.annotation)
    left_out = () if asked.is_required() else (None,)
    if name in trial.ids:
        return (*left_out, *trial.ids[name])
    if annotation is datetime and not left_out:
        return (trial.now, *_over(trial))
    if name in SPECIMENS or annotation in SPECIMENS:
        return (*left_out, SPECIMENS.get(name, SPECIMENS.get(annotation)))
    if get_origin(annotation) is tuple:
        return (None,)
    listed = tuple({"true": True, "false": False}.get(value, value) for value, _ in listed_values(annotation))
    return (*left_out, *listed) or (None,)


def _over(trial: Trial) -> tuple[datetime, ...]:
    return tuple(session.ends_at for session in trial.case.sessions if session.ends_at <= trial.now)
