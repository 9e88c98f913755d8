"""Imports go one way (README, "Which way imports go"): the contracts hold, and each of them bites."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from importlinter import api

from tests.rules.tree import PACKAGES, ROOT

ROOMS = ("portal", "store", "handlers", "machine", "rules", "schemes", "case")
SMALL_HOUSE = (
    *(f"{package}/__init__.py" for package in (*PACKAGES, "deploy/simulate")),
    *(f"workflow/{room}/__init__.py" for room in ROOMS),
    "workflow/ports.py",
    "workflow/handlers/office.py",
    "workflow/handlers/casework.py",
    "workflow/handlers/intake.py",
    "workflow/handlers/receipts.py",
    "workflow/handlers/desk.py",
    "workflow/handlers/gathering.py",
    "workflow/handlers/consequences.py",
    "workflow/handlers/requests.py",
)

# (file, its import, the contract that it breaks)
BREACHES = [
    ("schemas/planted.py", "import workflow.case", "house"),
    ("workflow/planted.py", "import streams", "house"),
    ("streams/planted.py", "import deploy", "house"),
    ("workflow/attic.py", "", "rooms"),
    ("workflow/case/planted.py", "import workflow.rules", "rooms"),
    ("workflow/store/planted.py", "import workflow.portal", "rooms"),
    ("workflow/portal/planted.py", "import workflow.store", "rooms"),
    ("workflow/machine/planted.py", "import asyncio", "pure"),
    ("workflow/rules/planted.py", "from os import path", "pure"),
    ("workflow/schemes/planted.py", "from random import Random", "pure"),
    ("workflow/case/__init__.py", "import time", "pure"),
    ("schemas/planted.py", "import socket", "pure"),
    ("workflow/handlers/planted.py", "import asyncpg", "handlers-know-ports"),
    ("workflow/handlers/desk.py", "import workflow.handlers.intake", "handlers-in-order"),
    ("workflow/portal/planted.py", "import aiokafka", "http-is-not-kafka"),
    ("streams/planted.py", "import fastapi", "kafka-is-not-http"),
    ("deploy/simulate/planted.py", "import workflow.store", "simulators-are-clients"),
]


@pytest.fixture
def small_house(tmp_path):
    for name in SMALL_HOUSE:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def _linted(house: Path, *contracts: str) -> subprocess.CompletedProcess[str]:
    # A process of its own: the linter's start silences every logger that exists, and other tests read logs.
    command = [sys.executable, "-c", "from importlinter.cli import import_linter; import_linter()"]
    options = ["lint", "--no-logo", "--no-cache", *(f"--contract={contract}" for contract in contracts)]
    return subprocess.run([*command, *options], cwd=house, capture_output=True, text=True, check=False)


def test_every_contract_of_the_house_is_kept():
    linted = _linted(ROOT)

    assert linted.returncode == 0, linted.stdout


def test_no_contract_ignores_an_import():
    contracts = api.read_configuration(str(ROOT / "pyproject.toml"))["contracts_options"]

    assert [contract["id"] for contract in contracts if contract.get("ignore_imports")] == []


@pytest.mark.parametrize(("file", "statement", "contract"), BREACHES)
def test_a_planted_import_breaks_its_contract(small_house, file, statement, contract):
    (small_house / file).write_text(f"{statement}\n")

    linted = _linted(small_house, contract)

    assert linted.returncode == 1
    assert "1 broken" in linted.stdout


def test_an_unplanted_house_keeps_every_contract(small_house):
    linted = [_linted(small_house, contract) for contract in sorted({contract for *_, contract in BREACHES})]

    assert [each.returncode for each in linted] == [0] * len(linted)
