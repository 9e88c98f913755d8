"""`amends topics`: what topics there are to be, making them, and filling them again."""

import click

from deploy.cli.ground import Ground, on_database
from deploy.cli.home import home_option
from deploy.cli.output import json_option, show
from deploy.cli.words import Group
from deploy.local.errors import LocalStackError
from deploy.stack.broker import check_answers
from deploy.stack.records import Made, make_topics, refill_topics, wanted_topics

COLUMNS = ("name", "partitions", "key", "writers", "readers", "kept")


@click.group(cls=Group)
def topics() -> None:
    """Look at the topics, make them, fill them again."""


@topics.command(name="list")
@json_option
def list_topics(*, as_json: bool) -> None:
    """List the topics that the register of organisations asks for.

    Example: amends topics list
    """

    async def listed(ground: Ground) -> list[dict[str, object]]:
        wanted = await wanted_topics(ground.streams, ground.pool)
        return [{column: getattr(topic, column) for column in COLUMNS} for topic in wanted]

    show(on_database(listed), COLUMNS, as_json=as_json, empty="No topics.")


@topics.command()
def create() -> None:
    """Make the topics that are missing, and the agencies' rules where the cluster keeps any.

    What is there stays as it is.

    Example: amends topics create
    """

    async def made(ground: Ground) -> Made:
        await check_answers(ground.streams.connection())
        return await make_topics(ground.streams, ground.pool)

    click.echo("\n".join(on_database(made).lines()) or "Everything is there.")


@topics.command()
@click.option("--yes", is_flag=True, help="Do it; without it nothing happens.")
def refill(*, yes: bool) -> None:
    """Publish every outward record again, with the same ids and bytes, for a broker that lost its topics.

    Nothing is delivered to a person again. Readers drop what they have seen by (source, id).

    Example: amends topics refill --yes
    """
    if not yes:
        raise LocalStackError("This publishes every outward record again. Say --yes if the broker lost its topics.")

    async def queued(ground: Ground) -> int:
        await check_answers(ground.streams.connection())
        await make_topics(ground.streams, ground.pool)
        return await refill_topics(ground.pool)

    click.echo(f"{on_database(queued)} records wait to be published by the workers.")


COMMANDS = (home_option(topics),)
