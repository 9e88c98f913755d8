"""`amends demo`: the main job on real incidents, with invented people."""

import math
from pathlib import Path

import click

from deploy.cli.home import home_option, settings_named
from deploy.cli.interrupting import until_interrupted
from deploy.demo.run import SAMPLE, Options, run_demo


@click.command()
@click.option(
    "--incidents",
    type=click.Path(path_type=Path, dir_okay=False),
    envvar="AMENDS_INCIDENTS",
    default=SAMPLE,
    show_default="the sample that Amends ships",
    help="A CSV file with the columns of data.police.uk.",
)
@click.option("--referrals", type=click.IntRange(1, 5000), default=200, show_default=True, help="How many to send.")
@click.option("--seed", type=int, default=7, show_default=True, help="One seed gives one result.")
@click.option(
    "--pace",
    type=click.FloatRange(min=0.1),
    callback=lambda _ctx, _param, value: _a_number(value),
    help="At most so many demo hours a second.",
)
@click.option("--once", is_flag=True, help="End when every case has; the exit status says whether verify passed.")
@click.option("--json", "as_json", is_flag=True, help="Print the summary as the last line, as JSON.")
def demo(**asked: object) -> int:
    """Run the main job: agencies refer, caseworkers act, people are told, every case ends.

    Example: amends demo --referrals 50 --seed 7 --once --json
    """
    settings = settings_named()
    if settings.database:
        raise click.ClickException(
            "A demo fills its database with invented people, so it takes no named one. "
            "Unset the AMENDS_DATABASE settings, and it starts a database of its own."
        )
    return until_interrupted(run_demo(Options(**asked), settings))  # type: ignore[arg-type]


def _a_number(pace: float | None) -> float | None:
    if pace is not None and math.isnan(pace):
        raise click.BadParameter("nan is not a number of hours")
    return pace


COMMANDS = (home_option(demo),)
