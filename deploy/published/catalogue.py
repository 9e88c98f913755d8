"""The catalogue: what may be asked, what may have happened, in which states, and what each refusal means."""

from collections.abc import Iterator
from pathlib import Path

from deploy.published.text import code, first_line, page, table
from schemas.commands import COMMANDS, Command
from schemas.events import EVENTS, CaseEvent
from schemas.vocabulary import CaseState, ContactState, Stage
from workflow.machine.decisions import REASONS
from workflow.machine.permitted import CELLS

_ABOUT = """\
A command is a request and may be refused; a fact has happened and may not. Their fields are in
[commands.json](commands.json) and [events.json](events.json), who may ask in [PERMISSIONS.md](PERMISSIONS.md), the
states drawn in [DIAGRAMS.md](../../workflow/machine/DIAGRAMS.md). Wire versions are 0 until the first tagged release.
"""
_CALLER = """\
`occurred_at` may be left out of any command: it happened now. A field with `?` may be left out.
`SubmitReferral` opens a case and has no state to be asked in. A state that is not named refuses.
"""
_COVERED = """\
A refusal that would tell what somebody may not know is shown to him under its cover's code, rule and remedy, and
without facts. `GET /api/v1/catalogue` leaves the covered ones out.
"""


def render_catalogue(root: Path) -> str:
    """Return the catalogue."""
    del root
    return page(
        "Catalogue",
        _ABOUT,
        "## States\n",
        table(("machine", "states"), _machines()),
        "## Commands\n",
        _CALLER,
        table(("command", "what it asks", "fields", "in the states"), map(_command, COMMANDS.values())),
        "## Events\n",
        table(("on the wire", "version", "what happened", "fields"), map(_event, sorted(EVENTS.items()))),
        "## Refusals\n",
        _COVERED,
        table(("code", "the rule", "what to do instead", "cover"), _refusals()),
    )


def _machines() -> Iterator[tuple[str, str]]:
    for name, states in (("case", CaseState), ("contact", ContactState), ("non-compliance", Stage)):
        yield name, ", ".join(code(state) for state in states)


def _command(command: type[Command]) -> tuple[str, ...]:
    return code(command.__name__), first_line(command), _fields(command), _states(command)


def _states(command: type[Command]) -> str:
    return ", ".join(code(state) for state in CaseState if CELLS.get((command, state), "never") is None)


def _event(entry: tuple[str, type[CaseEvent]]) -> tuple[str, ...]:
    wire, event = entry
    return code(wire), str(event.version), first_line(event), _fields(event)


def _fields(model: type[Command] | type[CaseEvent]) -> str:
    named = ((name, field) for name, field in model.model_fields.items() if name != "occurred_at")
    return ", ".join(code(name) + ("" if field.is_required() else "?") for name, field in named)


def _refusals() -> Iterator[tuple[str, ...]]:
    for name, reason in sorted(REASONS.items()):
        yield code(name), reason.rule, reason.remedy, code(reason.cover or "")
