"""`amends organisations access`: what agencies may do on Kafka, taken from one of them and given back."""

from collections.abc import Sequence

import click

from deploy.cli.ground import Ground, on_database
from deploy.cli.output import json_option, show
from deploy.cli.words import Group
from deploy.local.errors import LocalStackError
from deploy.stack.records import registered
from streams.access import Authorizer, Rule, closing_rules, rules_for
from streams.topics import is_agency
from workflow.rules.facts import Organisation

COLUMNS = ("principal", "may", "on", "state")


@click.group(cls=Group)
def access() -> None:
    """See, take and give back what agencies may do on Kafka; made with `register` and `topics create`."""


@access.command(name="list")
@json_option
def list_access(*, as_json: bool) -> None:
    """List the rules that the register asks for, and every other rule that the cluster keeps.

    Example: amends organisations access list
    """

    async def listed(ground: Ground) -> list[dict[str, object]]:
        found = await _authorizer(ground).rules()
        return _rows(await registered(ground.pool), found)

    show(on_database(listed), COLUMNS, as_json=as_json, empty="Neither register nor cluster has any rule.")


@access.command()
@click.argument("slug")
def revoke(slug: str) -> None:
    """Shut an agency out of its topics from now on, whatever else allows it; `topics create` leaves it so.

    Example: amends organisations access revoke high-peak-homes
    """

    async def shut(ground: Ground) -> None:
        await _authorizer(ground).put(closing_rules(await _agency(ground, slug)))

    on_database(shut)
    click.echo(f"{slug} can neither write nor read on Kafka. `access restore {slug}` lets it in again.")


@access.command()
@click.argument("slug")
def restore(slug: str) -> None:
    """Let an agency that was shut out use its topics again.

    Example: amends organisations access restore high-peak-homes
    """

    async def open_again(ground: Ground) -> None:
        agency, authorizer = await _agency(ground, slug), _authorizer(ground)
        await authorizer.remove(closing_rules(agency))
        await authorizer.put(rules_for([agency]))

    on_database(open_again)
    click.echo(f"{slug} may write its referrals and read its notices again.")


def _rows(organisations: Sequence[Organisation], found: set[Rule]) -> list[dict[str, object]]:
    wanted = rules_for(organisations)
    closed = {rule for row in organisations if is_agency(row) for rule in closing_rules(row)} & found
    shut = {(rule.principal, rule.name) for rule in closed}
    rows = [_row(rule, _state(rule, found, shut)) for rule in wanted]
    return rows + [_row(rule, "not of the register") for rule in sorted(found - set(wanted) - closed)]


def _state(rule: Rule, found: set[Rule], shut: set[tuple[str, str]]) -> str:
    if (rule.principal, rule.name) in shut:
        return "revoked"
    return "in force" if rule in found else "missing"


def _row(rule: Rule, state: str) -> dict[str, object]:
    return {
        "principal": rule.principal,
        "may": rule.operation if rule.allowed else f"not {rule.operation}",
        "on": rule.place,
        "state": state,
    }


def _authorizer(ground: Ground) -> Authorizer:
    if not ground.streams.authorizer:
        raise LocalStackError("The settings say that this broker keeps no access rules: AMENDS_KAFKA__AUTHORIZER.")
    return Authorizer(ground.streams.administering())


async def _agency(ground: Ground, slug: str) -> Organisation:
    row = next((one for one in await registered(ground.pool) if one.slug == slug and is_agency(one)), None)
    if row is None:
        raise LocalStackError(f"There is no agency {slug}. `amends organisations list` shows which there are.")
    return row
