"""`amends rehearse`: what would our scheme do if ..."""

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path

import click

from deploy.cli.output import json_option, say_json
from deploy.rehearse.findings import Finding
from deploy.rehearse.scenario import read_scenario
from deploy.stack.rehearsing import rehearse_all


@click.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path, dir_okay=False))
@json_option
def rehearse(files: tuple[Path, ...], *, as_json: bool) -> int:
    """Play scenarios against the real rules and store, with a clock of their own; exit 1 if one does not hold.

    Example: amends rehearse tests/acceptance/scenarios/ladder-to-return.yaml
    """
    scenarios = [read_scenario(path) for path in files]
    found = asyncio.run(rehearse_all(scenarios))
    if as_json:
        say_json([_plain(path, findings) for path, findings in zip(files, found, strict=True)])
    else:
        for path, findings in zip(files, found, strict=True):
            click.echo("\n".join(_lines(path, findings)))
    return 0 if all(finding.holds for findings in found for finding in findings) else 1


def _lines(path: Path, findings: Sequence[Finding]) -> Iterator[str]:
    """Say of each expectation what was found, and of the whole how it went."""
    wrong = sum(not finding.holds for finding in findings)
    yield from (f"  {finding.line()}" for finding in findings)
    yield f"{path.name}: {len(findings)} expectations, {f'{wrong} not met' if wrong else 'all met'}"


def _plain(path: Path, findings: Sequence[Finding]) -> dict[str, object]:
    holds = all(finding.holds for finding in findings)
    return {"scenario": path.name, "ok": holds, "findings": [asdict(finding) for finding in findings]}


COMMANDS = (rehearse,)
