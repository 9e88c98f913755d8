"""What no table could keep, and no clock could compare, is refused by a command's contract and never gets further."""

import pytest

from tests.hostile.commands import hostile_commands
from workflow.portal.asking import command_of
from workflow.portal.errors import ProblemError

HOSTILE = list(hostile_commands())


def test_a_hostile_value_in_any_field_of_any_command_breaks_its_contract():
    taken = [(name, data) for name, data in HOSTILE if _problems(name, data) == []]

    assert len(HOSTILE) > 200
    assert taken == []


def test_the_problem_names_the_field_and_never_the_value():
    told = [(name, data, one) for name, data in HOSTILE for one in _problems(name, data)]

    assert [one for *_, one in told if "\0" in one["message"] or "xxxxx" in one["message"]] == []


def _problems(name, data):
    with pytest.raises(ProblemError) as broken:
        return command_of(name, data) and []
    return broken.value.parts["problems"]
