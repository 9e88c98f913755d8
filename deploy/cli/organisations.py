"""`amends organisations`: the register, and the credentials of their machines."""

from datetime import UTC, datetime
from uuid import UUID

import click

from deploy.cli.access import access
from deploy.cli.ground import Ground, on_database
from deploy.cli.home import home_option
from deploy.cli.output import json_option, say_json, show
from deploy.cli.words import Group
from deploy.stack.credentials import Credentials
from deploy.stack.records import Made, make_topics
from schemas.problems import nearest
from schemas.vocabulary import OrganisationKind, Role
from streams.access import principal_of
from streams.topics import is_agency
from workflow.rules.facts import Organisation
from workflow.schemes import packaged_schemes
from workflow.store.reference import Reference

COLUMNS = ("slug", "kind", "name", "tenant", "area")
CREDENTIAL_COLUMNS = ("id", "organisation", "role", "study", "created_at", "revoked_at")
KINDS = click.Choice([kind.value for kind in OrganisationKind])
ROLES = click.Choice([role.value for role in Role])


@click.group(cls=Group)
def organisations() -> None:
    """Register agencies, providers and evaluators; give their machines credentials."""


@organisations.command(name="list")
@json_option
def list_organisations(*, as_json: bool) -> None:
    """List the register.

    Example: amends organisations list
    """

    async def listed(ground: Ground) -> list[dict[str, object]]:
        rows = await ground.pool.fetch("SELECT slug, kind, name, tenant, area FROM organisations ORDER BY tenant, slug")
        return [dict(row) for row in rows]

    show(on_database(listed), COLUMNS, as_json=as_json, empty="Nobody is registered yet.")


@organisations.command()
@click.argument("slug", callback=lambda _ctx, _param, value: _sound_slug(value))
@click.option("--kind", required=True, type=KINDS, help="What kind of organisation it is.")
@click.option("--name", required=True, help="Its name, as people read it.")
@click.option(
    "--tenant",
    required=True,
    callback=lambda _ctx, _param, value: _a_scheme(value),
    help="The scheme it belongs to, as derbyshire.",
)
@click.option("--area", help="The local authority or force area it serves.")
def register(slug: str, kind: str, name: str, tenant: str, area: str | None) -> None:
    """Register an organisation; an agency gets its pair of topics, and its rules where the cluster keeps any.

    Example: amends organisations register high-peak-homes --kind housing --name "High Peak Homes" --tenant derbyshire
    """
    row = Organisation(slug=slug, tenant=tenant, kind=OrganisationKind(kind), name=name, area=area)

    async def put(ground: Ground) -> tuple[Made, bool]:
        now: datetime = await ground.pool.fetchval("SELECT coalesce((SELECT at FROM demo_clock), now())")
        await Reference(ground.pool).put_organisations([row], now.astimezone(UTC))
        return await make_topics(ground.streams, ground.pool), ground.streams.authorizer

    made, guarded = on_database(put)
    told = _on_kafka(row, guarded=guarded) if is_agency(row) else ()
    click.echo("\n".join((f"{slug} is registered in {tenant}.", *made.lines(), *told)))


@organisations.group(cls=Group)
def credential() -> None:
    """Give and take the bearer secrets of machines."""


@credential.command(name="list")
@json_option
def list_credentials(*, as_json: bool) -> None:
    """List credentials; their secrets are known to nobody here.

    Example: amends organisations credential list
    """
    rows = on_database(lambda ground: Credentials(ground.pool).listed())
    show(rows, CREDENTIAL_COLUMNS, as_json=as_json, empty="No credentials yet.")


@credential.command()
@click.argument("slug")
@click.option("--role", type=ROLES, help="For a provider's or evaluator's machine: what it may do.")
@click.option("--study", help="For an evaluator: the study it reads.")
@json_option
def issue(slug: str, role: str | None, study: str | None, *, as_json: bool) -> None:
    """Make a credential and print its secret once.

    Example: amends organisations credential issue derbyshire-constabulary
    """
    wanted = Role(role) if role else None
    bearer = on_database(lambda ground: Credentials(ground.pool).issue(slug, role=wanted, study=study))
    if as_json:
        say_json({"organisation": slug, "bearer": bearer})
        return
    click.echo(f"Authorization: Bearer {bearer}")
    click.echo(f"The secret of {slug} is shown this once.")


@credential.command()
@click.argument("credential_id", type=click.UUID)
def revoke(credential_id: UUID) -> None:
    """Let a credential open nothing from now on.

    Example: amends organisations credential revoke 0d0b2f5c-8f0f-4c57-9a64-6a1d8a7b3f11
    """
    at = on_database(lambda ground: Credentials(ground.pool).revoke(credential_id))
    click.echo(f"{credential_id} has opened nothing since {at:%Y-%m-%d %H:%M} UTC.")


def _on_kafka(agency: Organisation, *, guarded: bool) -> tuple[str]:
    if guarded:
        return (f"On Kafka its user and its consumer group are named {principal_of(agency)}.",)
    return ("The settings name no authorizer: whoever reaches the broker can read and write its topics.",)


def _a_scheme(value: str) -> str:
    known = tuple(sorted(packaged_schemes()))
    if value not in known:
        near = nearest(value, known)
        raise click.BadParameter(
            f"there is no scheme {value}; " + (f"did you mean {near}?" if near else f"take one of {', '.join(known)}.")
        )
    return value


def _sound_slug(value: str) -> str:
    if not value.replace("-", "").isalnum() or value != value.lower() or not value.isascii():
        raise click.BadParameter("a slug has small letters, digits and hyphens only, as high-peak-homes")
    return value


organisations.add_command(access)

COMMANDS = (home_option(organisations),)
