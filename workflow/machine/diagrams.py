"""The three tables as Mermaid diagrams. Facts that stay in a state are no arrow; what a whole box does is one."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from schemas.vocabulary import CaseState, ContactState, Stage
from workflow.machine.lifecycle import CASE, COMPLIANCE, CONTACT, REACHABLE, REOPENABLE, TAKEN_ON, TRIAGE, Move

RESUMES = "paused_from_"


@dataclass(frozen=True, slots=True)
class Box:
    """States that often go the same way, drawn together; a box may hold boxes."""

    name: str
    parts: "tuple[str | Box, ...]"

    def states(self) -> Iterator[str]:
        """Every state within, in order."""
        for part in self.parts:
            yield from part.states() if isinstance(part, Box) else (str(part),)

    def boxes(self) -> "Iterator[Box]":
        """The box itself and every box within, outermost first."""
        yield self
        for part in self.parts:
            if isinstance(part, Box):
                yield from part.boxes()

    def lines(self, indent: str) -> Iterator[str]:
        """The box as Mermaid writes it."""
        yield f"{indent}state {self.name} {{"
        for part in self.parts:
            yield from part.lines(f"{indent}    ") if isinstance(part, Box) else (f"{indent}    {part}",)
        yield f"{indent}}}"


CASE_BOXES = (
    Box("live", (Box("triage", TRIAGE), Box("taken_on", TAKEN_ON), CaseState.PAUSED)),
    Box(
        "ended",
        (Box("reopenable", REOPENABLE), CaseState.DECLINED, CaseState.LINKED, CaseState.TRANSFERRED),
    ),
)
_OUT_OF_TOUCH = (ContactState.AWAITING_DETAILS, ContactState.DECLINED, ContactState.UNREACHABLE)
CONTACT_BOXES = (Box("open", (Box("in_touch", REACHABLE), *_OUT_OF_TOUCH)),)
Arrow = tuple[str, str, str]


def diagrams() -> Mapping[str, str]:
    """Every diagram by name, as the generated documentation shows them."""
    return {
        "case": _drawn(CASE, CASE_BOXES, first=CaseState.RECEIVED),
        "contact": _drawn(CONTACT, CONTACT_BOXES, first=ContactState.AWAITING_DETAILS),
        "compliance": _drawn(COMPLIANCE, (), first=Stage.NONE),
    }


def _drawn(table: tuple[Move, ...], boxes: tuple[Box, ...], *, first: str) -> str:
    nested = [box for outer in boxes for box in outer.boxes()]
    arrows = _into(nested, _out_of(nested, _arrows(table)))
    drawn = (line for box in boxes for line in box.lines("    "))
    return "\n".join(["stateDiagram-v2", *drawn, f"    [*] --> {first}", *_merged(arrows)]) + "\n"


def _arrows(table: tuple[Move, ...]) -> list[Arrow]:
    """Every move that leads elsewhere: (source, target, what happened)."""
    return [
        (str(source), str(move.target), _words(move))
        for move in table
        for source in move.sources
        if move.target not in {None, source}
    ]


def _words(move: Move) -> str:
    said = move.fact.wire.removeprefix("case.").removeprefix("life.").replace(".", " ").replace("_", " ")
    if move.when is None:
        return said
    return f"{said} where it was" if move.when.startswith(RESUMES) else f"{said} ({move.when.replace('_', ' ')})"


def _out_of(boxes: list[Box], arrows: list[Arrow]) -> list[Arrow]:
    """Let an arrow leave a box where it leaves every state of the box."""
    for box in boxes:
        for _, target, said in tuple(arrows):
            arrows = _replaced(arrows, [(state, target, said) for state in box.states()], (box.name, target, said))
    return arrows


def _into(boxes: list[Box], arrows: list[Arrow]) -> list[Arrow]:
    """Let an arrow reach a box where it reaches every state of the box."""
    for box in boxes:
        for source, _, said in tuple(arrows):
            arrows = _replaced(arrows, [(source, state, said) for state in box.states()], (source, box.name, said))
    return arrows


def _replaced(arrows: list[Arrow], many: list[Arrow], one: Arrow) -> list[Arrow]:
    """Draw one arrow for many, if all of them are there."""
    if not set(many) <= set(arrows):
        return arrows
    return [one if arrow == many[0] else arrow for arrow in arrows if arrow not in many[1:]]


def _merged(arrows: Iterable[Arrow]) -> Iterator[str]:
    """Write one line for each pair of ends, with everything that leads from one to the other."""
    said: dict[tuple[str, str], list[str]] = {}
    for source, target, words in arrows:
        said.setdefault((source, target), []).append(words)
    for (source, target), reasons in said.items():
        yield f"    {source} --> {target}: {', '.join(reasons)}"
