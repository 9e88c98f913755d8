import re

import pytest

from workflow.machine.diagrams import CASE_BOXES, CONTACT_BOXES, Box, diagrams
from workflow.machine.lifecycle import CASE, COMPLIANCE, CONTACT

DRAWN = [("case", CASE, CASE_BOXES), ("contact", CONTACT, CONTACT_BOXES), ("compliance", COMPLIANCE, ())]


def opened(name, boxes):
    """The states that a name in a diagram stands for."""
    nested = {box.name: set(box.states()) for outer in boxes for box in outer.boxes()}
    return nested.get(name, {name})


@pytest.mark.parametrize(("name", "table", "boxes"), DRAWN)
def test_the_arrows_lead_exactly_where_the_table_does(name, table, boxes):
    arrows = re.findall(r"^    (\w+) --> (\w+): .+$", diagrams()[name], re.MULTILINE)

    drawn = {(s, t) for source, target in arrows for s in opened(source, boxes) for t in opened(target, boxes)}

    told = {(str(s), str(move.target)) for move in table for s in move.sources if move.target not in {None, s}}
    assert drawn == told


@pytest.mark.parametrize(("name", "table", "boxes"), DRAWN)
def test_no_two_lines_join_the_same_ends(name, table, boxes):
    ends = re.findall(r"^    (\S+) --> (\w+)", diagrams()[name], re.MULTILINE)

    assert len(ends) == len(set(ends))


def test_a_diagram_stays_small_enough_to_be_read():
    assert max(text.count("-->") for text in diagrams().values()) <= 30


def test_a_box_within_a_box_is_written_inside_it():
    box = Box("outer", (Box("inner", ("a",)), "b"))

    assert list(box.lines("")) == ["state outer {", "    state inner {", "        a", "    }", "    b", "}"]
