"""The tables, run by `transitions`: one shared machine a definition, and no state of its own."""

from collections.abc import Callable, Iterable
from functools import cache
from typing import Any

from transitions import EventData, Machine, MachineError

from schemas.events import CaseEvent
from schemas.events.intake import MatchConfirmed
from schemas.events.people import ContactDetailsRecorded
from schemas.vocabulary import CaseState, ContactState, Stage
from workflow.machine.lifecycle import CASE, COMPLIANCE, CONTACT, Move


class ImpossibleMoveError(Exception):
    """A decision returned a fact that its table does not list for that state: our fault, never the user's."""


class _Position:
    """Stands in for the model that `transitions` moves."""

    __slots__ = ("paused_from", "state")

    def __init__(self, state: str, paused_from: str | None) -> None:
        # transitions would look an Enum up by its name, and the tables hold values.
        self.state = str(state)
        self.paused_from = paused_from


def _same_incident(data: EventData) -> bool:
    fact = data.kwargs["fact"]
    return isinstance(fact, MatchConfirmed) and fact.same_incident


def _permitted(data: EventData) -> bool:
    fact = data.kwargs["fact"]
    return isinstance(fact, ContactDetailsRecorded) and fact.permission


def _paused_from(state: str) -> Callable[[EventData], bool]:
    def paused_there(data: EventData) -> bool:
        position: Any = data.model
        return bool(position.paused_from == state)

    return paused_there


CONDITIONS: dict[str, Callable[[EventData], bool]] = {
    "same_incident": _same_incident,
    "permitted": _permitted,
    **{f"paused_from_{state}": _paused_from(state) for state in CaseState},
}


def build(states: Iterable[str], moves: tuple[Move, ...]) -> Machine:
    """Build one shared machine from a table; the order of rows decides between conditions."""
    names = [str(state) for state in states]
    machine = Machine(model=None, states=names, initial=names[0], auto_transitions=False, send_event=True)
    for move in moves:
        machine.add_transition(
            trigger=move.fact.wire,
            source=[str(source) for source in move.sources],
            dest="=" if move.target is None else str(move.target),
            conditions=[CONDITIONS[move.when]] if move.when else None,
        )
    return machine


CONDITIONAL = frozenset(move.fact.wire for move in (*CASE, *CONTACT, *COMPLIANCE) if move.when is not None)
CASE_MACHINE = build(CaseState, CASE)
CONTACT_MACHINE = build(ContactState, CONTACT)
COMPLIANCE_MACHINE = build(Stage, COMPLIANCE)


def _move(machine: Machine, position: _Position, fact: CaseEvent) -> str:
    if fact.wire in CONDITIONAL:
        return _run(machine, position, fact)
    return _unconditional(machine, position.state, type(fact))


@cache
def _unconditional(machine: Machine, state: str, kind: type[CaseEvent]) -> str:
    """Run a move on which nothing but state and fact have a say: what came out once comes out always."""
    return _run(machine, _Position(state, None), kind.model_construct())


def _run(machine: Machine, position: _Position, fact: CaseEvent) -> str:
    try:
        moved: Any = machine.events[fact.wire].trigger(position, fact=fact)
    except (KeyError, MachineError) as error:
        raise ImpossibleMoveError(fact.wire, position.state) from error
    if not moved:
        raise ImpossibleMoveError(fact.wire, position.state)
    return position.state


def next_state(state: CaseState, fact: CaseEvent, paused_from: CaseState | None) -> CaseState:
    """Return the state of a case after `fact`; raise ImpossibleMoveError where the table lists none."""
    return CaseState(_move(CASE_MACHINE, _Position(state, paused_from), fact))


def next_contact(contact: ContactState, fact: CaseEvent) -> ContactState:
    """Return where contact with an affected person stands after `fact`."""
    return ContactState(_move(CONTACT_MACHINE, _Position(contact, None), fact))


def next_stage(stage: Stage, fact: CaseEvent) -> Stage:
    """Return the stage of non-compliance after `fact`."""
    return Stage(_move(COMPLIANCE_MACHINE, _Position(stage, None), fact))


def may_contact(contact: ContactState, fact: type[CaseEvent]) -> bool:
    """Whether the contact table lists a move for `fact` from `contact`; conditions are not asked."""
    event = CONTACT_MACHINE.events.get(fact.wire)
    return event is not None and str(contact) in event.transitions
