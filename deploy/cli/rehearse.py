"""`amends rehearse`: what would our scheme do if ..."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path

import click

from deploy.calendar import govuk_calendar
from deploy.cli.interrupting import until_interrupted
from deploy.cli.output import json_option, say_json
from deploy.rehearse.checking import checked_scenario
from deploy.rehearse.explaining import explanation
from deploy.rehearse.findings import Finding
from deploy.rehearse.places import ScenarioError
from deploy.rehearse.player import rehearse as play
from deploy.rehearse.scenario import Scenario
from deploy.stack.rehearsing import SqlGround, rehearsal_ground, rehearsal_server


@click.command()
@click.argument("files", nargs=-1, type=click.Path(path_type=Path, dir_okay=False))
@click.option("--explain", is_flag=True, help="Print what is filled in where a scenario says nothing.")
@json_option
def rehearse(files: tuple[Path, ...], *, explain: bool, as_json: bool) -> int:
    """Play scenarios against the real rules and store, with a clock of their own; exit 1 if one does not hold.

    Example: amends rehearse tests/acceptance/scenarios/ladder-to-return.yaml
    """
    if explain:
        click.echo(explanation())
    elif not files:
        raise click.UsageError("Name a scenario file, or ask for --explain.")
    scenarios = [scenario for scenario in map(_read, files) if scenario is not None]
    if len(scenarios) < len(files):
        return 2
    found = until_interrupted(_played(files, scenarios)) if files else []
    if as_json:
        say_json([_plain(path, findings) for path, findings in zip(files, found, strict=True)])
    else:
        for path, findings in zip(files, found, strict=True):
            click.echo("\n".join(_lines(path, findings)))
    return 0 if all(finding.holds for findings in found for finding in findings) else 1


async def _played(files: Sequence[Path], scenarios: Sequence[Scenario]) -> list[tuple[Finding, ...]]:
    """Play each scenario on ground of its own; say which one it is when there are several."""
    found = []
    async with rehearsal_server() as server:
        for number, (path, scenario) in enumerate(zip(files, scenarios, strict=True), start=1):
            if len(files) > 1:
                click.echo(f"{number} of {len(files)}  {path.stem}", err=True)
            async with rehearsal_ground(server, f"rehearsal_{number}") as ground:
                found.append(await _one(path, scenario, ground))
    return found


async def _one(path: Path, scenario: Scenario, ground: SqlGround) -> tuple[Finding, ...]:
    with _naming(path):
        return await play(scenario, ground, govuk_calendar())


def _read(path: Path) -> Scenario | None:
    """Return the scenario, or None once each mistake was told in a line: a database is not started for those."""
    try:
        return checked_scenario(path)
    except ScenarioError as error:
        for problem in error.problems:
            click.echo(f"amends: {error.name}: {problem}", err=True)
        return None


@contextmanager
def _naming(path: Path) -> Iterator[None]:
    try:
        yield
    except ScenarioError as error:
        raise ScenarioError(f"{path.name}, {error.name},", error.problems) from error


def _lines(path: Path, findings: Sequence[Finding]) -> Iterator[str]:
    """Say of each expectation what was found, and of the whole how it went."""
    wrong = sum(not finding.holds for finding in findings)
    yield from (f"  {finding.line()}" for finding in findings)
    yield f"{path.name}: {len(findings)} expectations, {f'{wrong} not met' if wrong else 'all met'}"


def _plain(path: Path, findings: Sequence[Finding]) -> dict[str, object]:
    holds = all(finding.holds for finding in findings)
    return {"scenario": path.name, "ok": holds, "findings": [asdict(finding) for finding in findings]}


COMMANDS = (rehearse,)
