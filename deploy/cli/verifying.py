"""`amends verify` and `amends replay`: is what is kept still what was kept?"""

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import NamedTuple

import asyncpg
import click
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from deploy.bootstrap import master_keys
from deploy.cli.ground import WRONG_KEY, Ground, dsn_of, has_key, on_database
from deploy.cli.home import home_option
from deploy.cli.output import json_option, say_json
from deploy.local.errors import LocalStackError
from deploy.settings import Settings
from workflow.store.checkpoints import FORMAT, Checkpoint
from workflow.store.heads import each
from workflow.store.report import Fault, FaultKind, Report
from workflow.store.verify import verify as verify_database

AUDITOR_ROLE = "amends_auditor"
FOLDS = (FaultKind.FOLD_MISMATCH, FaultKind.GAP)


class Kept(NamedTuple):
    """The newest checkpoint of a scheme, its line, and the packed heads of those before it, each once."""

    line: int
    newest: Checkpoint
    earlier: set[bytes]


@click.command()
@click.option(
    "--against",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="A file of checkpoints kept elsewhere, one a line; all of them are held against the database.",
)
@json_option
def verify(against: Path | None, *, as_json: bool) -> int:
    """Check chains, signatures, folds, gaps, places, outbox and timers; exit 1 and name what is wrong.

    Without --against, somebody who may write every table could hide an edit by writing the whole chain anew.

    Example: amends verify --against /media/outside/checkpoints.jsonl
    """
    checkpoints = read_checkpoints(against) if against else ()
    report = on_database(lambda ground: _verified(ground, checkpoints), with_any_key=True)
    return _tell(report, report.faults, as_json=as_json, sound="Everything holds")


@click.command()
@json_option
def replay(*, as_json: bool) -> int:
    """Fold every case anew from its facts and compare with what is stored; exit 1 and name what differs.

    Example: amends replay
    """
    report = on_database(lambda ground: _verified(ground, ()), with_any_key=True)
    faults = [fault for fault in report.faults if fault.kind in FOLDS]
    return _tell(report, faults, as_json=as_json, sound="Every stored case is what its facts fold to")


def read_checkpoints(path: Path) -> Sequence[Kept]:
    """Return the last checkpoint of each scheme in a file of one a line, each with the heads of those before it."""
    kept: dict[str, Kept] = {}
    # A line at a time: a file of months holds every head hundreds of times.
    with path.open("rb") as lines:
        for number, line in enumerate(lines, start=1):
            try:
                found = Checkpoint.from_bytes(line)
                earlier = _heads_of(kept.get(found.tenant), path)
                kept[found.tenant] = Kept(number, found, earlier)
            except (ValueError, KeyError, TypeError, AttributeError) as error:
                raise LocalStackError(f"Line {number} of {path} is no checkpoint.") from error
    if not kept:
        raise LocalStackError(f"There is no checkpoint in {path}.")
    return list(kept.values())


def _heads_of(before: Kept | None, path: Path) -> set[bytes]:
    """The heads of a checkpoint and of those before it; one of an older format says nothing of heads."""
    if before is None:
        return set()
    if before.newest.format == FORMAT:
        if not before.newest.genuine():
            raise LocalStackError(f"Line {before.line} of {path}: its signature or its heads do not hold.")
        before.earlier.update(each(before.newest.heads))
    return before.earlier


async def _verified(ground: Ground, checkpoints: Sequence[Kept]) -> Report:
    connection = await asyncpg.connect(dsn_of(ground.settings, AUDITOR_ROLE), timeout=10)
    try:
        trusted = _trusted(ground.settings) if checkpoints or has_key(ground.settings) else None
        reports = [
            await verify_database(connection, one.newest, earlier=one.earlier, trusted=trusted) for one in checkpoints
        ] or [await verify_database(connection)]
    finally:
        await connection.close()
    merged = reports[0]
    merged.faults = list(dict.fromkeys(fault for report in reports for fault in report.faults))
    if not await ground.key_fits():
        merged.faults.insert(0, Fault(kind=FaultKind.KEY, subject="master key", what=WRONG_KEY))
    return merged


def _trusted(settings: Settings) -> bytes:
    """Return the public key that our own master key signs checkpoints by."""
    private = Ed25519PrivateKey.from_private_bytes(master_keys(settings).subkey("checkpoints"))
    return private.public_key().public_bytes_raw()


def _tell(report: Report, faults: Sequence[Fault], *, as_json: bool, sound: str) -> int:
    if as_json:
        told = {"ok": not faults, "events": report.events, "cases": report.cases}
        say_json({**told, "faults": [asdict(fault) for fault in faults]})
    else:
        for fault in faults:
            click.echo(str(fault))
        click.echo(f"{f'{len(faults)} wrong' if faults else sound}: {report.events} facts of {report.cases} cases.")
    return 1 if faults else 0


COMMANDS = tuple(home_option(command) for command in (verify, replay))
