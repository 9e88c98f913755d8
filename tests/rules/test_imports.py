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
    "workflow/handlers/claimed.py",
    "workflow/handlers/gathering.py",
    "workflow/handlers/consequences.py",
    "workflow/handlers/requests.py",
)

# (file, its import, what the linter says of it)
BREACHES = [
    ("schemas/planted.py", "import workflow.case", "schemas.planted -> workflow.case"),
    ("workflow/planted.py", "import streams", "workflow.planted -> streams"),
    ("streams/planted.py", "import deploy", "streams.planted -> deploy"),
    ("workflow/attic.py", "", "- workflow.attic"),
    ("workflow/case/planted.py", "import workflow.rules", "workflow.case.planted -> workflow.rules"),
    ("workflow/store/planted.py", "import workflow.portal", "workflow.store.planted -> workflow.portal"),
    ("workflow/portal/planted.py", "import workflow.store", "workflow.portal.planted -> workflow.store"),
    ("workflow/machine/planted.py", "import asyncio", "workflow.machine.planted -> asyncio"),
    ("workflow/rules/planted.py", "from os import path", "workflow.rules.planted -> os"),
    ("workflow/schemes/planted.py", "from random import Random", "workflow.schemes.planted -> random"),
    ("workflow/case/__init__.py", "import time", "workflow.case -> time"),
    ("schemas/planted.py", "import socket", "schemas.planted -> socket"),
    ("workflow/handlers/planted.py", "import asyncpg", "workflow.handlers.planted -> asyncpg"),
    (
        "workflow/handlers/desk.py",
        "import workflow.handlers.intake",
        "workflow.handlers.desk -> workflow.handlers.intake",
    ),
    ("workflow/portal/planted.py", "import aiokafka", "workflow.portal.planted -> aiokafka"),
    ("streams/planted.py", "import fastapi", "streams.planted -> fastapi"),
    ("deploy/simulate/planted.py", "import workflow.store", "deploy.simulate.planted -> workflow.store"),
]


def _build(house: Path) -> None:
    for name in SMALL_HOUSE:
        (house / name).parent.mkdir(parents=True, exist_ok=True)
        (house / name).touch()
    shutil.copy(ROOT / "pyproject.toml", house)


@pytest.fixture(scope="module")
def said_of_breaches(tmp_path_factory) -> str:
    """What the linter says of a small house with every breach in it at once: a run of it costs half a second."""
    house = tmp_path_factory.mktemp("house")
    _build(house)
    for file, statement, _ in BREACHES:
        with (house / file).open("a", encoding="utf-8") as planted:
            planted.write(f"{statement}\n")
    linted = _linted(house)
    assert linted.returncode == 1
    return linted.stdout


def _linted(house: Path) -> subprocess.CompletedProcess[str]:
    # A process of its own: the linter's start silences every logger that exists, and other tests read logs.
    command = [sys.executable, "-c", "from importlinter.cli import import_linter; import_linter()"]
    return subprocess.run(
        [*command, "lint", "--no-logo", "--no-cache"], cwd=house, capture_output=True, text=True, check=False
    )


def test_every_contract_of_the_house_is_kept():
    linted = _linted(ROOT)

    assert linted.returncode == 0, linted.stdout


def test_no_contract_ignores_an_import():
    contracts = api.read_configuration(str(ROOT / "pyproject.toml"))["contracts_options"]

    assert [contract["id"] for contract in contracts if contract.get("ignore_imports")] == []


@pytest.mark.parametrize("told", [told for *_, told in BREACHES])
def test_a_planted_import_breaks_its_contract(said_of_breaches, told):
    assert f"{told}\n" in said_of_breaches.replace(" (l.1)", "").replace(" (l.2)", "")


def test_an_unplanted_house_keeps_every_contract(tmp_path):
    _build(tmp_path)

    assert _linted(tmp_path).returncode == 0


def test_every_contract_is_among_the_broken(said_of_breaches):
    assert "Contracts: 0 kept, " in said_of_breaches
