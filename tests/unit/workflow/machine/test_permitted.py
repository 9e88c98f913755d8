import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from schemas import commands as c
from schemas.commands import COMMANDS
from schemas.vocabulary import ENDED_STATES, CaseState
from tests.rules.tree import ROOT
from workflow.machine import decisions
from workflow.machine.permitted import CASE_HAS_ENDED, CELLS, ROWS, refusal_of

# A referral opens a case, so no state permits it.
ASKED_OF_A_CASE = sorted((command for command in COMMANDS.values() if command is not c.SubmitReferral), key=str)
# What may still be asked about a case that has ended, each for a reason of its own in permitted.py.
AFTER_THE_END = {
    c.MarkDoNotContact,
    c.WithdrawAffectedPerson,
    c.RecordSatisfaction,
    c.ReopenCase,
    c.FlagReoffending,
}
LIVE = sorted(set(CaseState) - ENDED_STATES)
# Rules of eligibility, allocation and planning find codes that decisions raise.
ROOMS = (ROOT / "workflow" / "machine", ROOT / "workflow" / "rules")


def sources() -> list[Path]:
    return sorted(path for room in ROOMS for path in room.rglob("*.py"))


def raised(path: Path) -> Iterator[str]:
    """Yield every code that stands in a call of Refusal as a literal."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Refusal":
            first = node.args[0]
            if isinstance(first, ast.Constant):
                yield first.value


def said(path: Path) -> Iterator[str]:
    """Yield every string of a module that is no key of a table of reasons."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    tables = [node for node in ast.walk(tree) if isinstance(node, ast.Dict) and _holds_reasons(node)]
    keys = {id(key) for table in tables for key in table.keys}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in keys:
            yield node.value


def _holds_reasons(table: ast.Dict) -> bool:
    calls = [value.func for value in table.values if isinstance(value, ast.Call)]
    return any(isinstance(func, ast.Name) and func.id == "Reason" for func in calls)


def test_every_command_about_a_case_has_one_row_and_one_rule():
    assert sorted((row.command for row in ROWS), key=str) == ASKED_OF_A_CASE
    assert sorted(decisions.RULES, key=str) == ASKED_OF_A_CASE


@pytest.mark.parametrize("command", ASKED_OF_A_CASE)
def test_every_state_permits_a_command_or_names_its_refusal(command):
    for state in CaseState:
        code = refusal_of(command, state)
        assert code is None or code in decisions.REASONS


@pytest.mark.parametrize("command", ASKED_OF_A_CASE)
def test_a_live_case_never_refuses_as_an_ended_one(command):
    assert [state for state in LIVE if refusal_of(command, state) == CASE_HAS_ENDED] == []


@pytest.mark.parametrize("command", ASKED_OF_A_CASE)
def test_an_ended_case_permits_what_is_listed_and_refuses_all_else_as_ended(command):
    codes = {refusal_of(command, state) for state in ENDED_STATES}

    assert CASE_HAS_ENDED in codes
    assert codes <= ({CASE_HAS_ENDED, None} if command in AFTER_THE_END else {CASE_HAS_ENDED})


def test_no_row_names_a_cell_twice():
    for row in ROWS:
        named = [*row.allowed, *(state for states, _ in row.refused for state in states)]
        assert len(named) == len(set(named)), row.command


def test_every_code_that_is_raised_has_a_reason():
    codes = {code for path in sources() for code in raised(path)}

    assert codes - set(decisions.REASONS) == set()


def test_every_reason_is_raised_somewhere():
    codes = {text for path in sources() for text in said(path)} | {code for code in CELLS.values() if code}

    assert set(decisions.REASONS) - codes == set()


def test_a_cover_is_a_refusal_that_anybody_might_get():
    covers = {reason.cover for reason in decisions.REASONS.values() if reason.cover}

    assert covers <= set(decisions.REASONS)
    assert [code for code in covers if decisions.REASONS[code].cover] == []


def test_no_two_modules_explain_one_code():
    codes = [code for module in decisions._MODULES for code in module.REASONS]

    assert len(codes) == len(set(codes))


def test_a_reason_says_the_rule_and_what_to_do_instead():
    for code, reason in decisions.REASONS.items():
        assert reason.rule.endswith("."), code
        assert reason.remedy.endswith("."), code
