"""Tables of the running system: who may ask for what, which topics there are, and what can be set."""

from collections.abc import Iterator
from pathlib import Path

from deploy.published.text import code, page, table
from deploy.stack.settings_table import settings_table
from schemas.vocabulary import AgencyKind, OrganisationKind
from streams.settings import StreamSettings
from streams.topics import topic_table
from workflow.rules.facts import Organisation
from workflow.rules.permissions import permission_rows

_WHO = """\
A role counts within its engagement: at the provider of the case. An agency asks about cases that it referred itself.
Operators, evaluators and auditors ask for nothing. From `workflow/rules/permissions.py`.
"""
_TOPICS = """\
`{agency}` is the agency's slug in the register of organisations; its pair of topics is made when it is registered.
Records are CloudEvents 1.0 in binary mode. Partitions are the defaults of the settings. From `streams/topics.py`.
"""
_SETTINGS = "Read from the environment by `deploy/settings.py` and by nothing else of ours.\n"
_NO_SETTINGS = StreamSettings(bootstrap="", data_folder=Path())


def render_permissions(root: Path) -> str:
    """Return the table of permissions."""
    del root
    head, *rows = permission_rows()
    return page("Who may ask for what", _WHO, table(head, ((code(row[0]), *row[1:]) for row in rows)))


def render_topics(root: Path) -> str:
    """Return the table of topics, with one pair for each kind of agency."""
    del root
    head = ("topic", "key", "written by", "read by", "kept", "order promised", "partitions")
    rows = topic_table(_any_agencies(), _NO_SETTINGS)
    return page("Topics", _TOPICS, table(head, ((code(row[0]), *row[1:]) for row in rows)))


def render_settings(root: Path) -> str:
    """Return the table of settings."""
    del root
    return page("Settings", _SETTINGS, settings_table() + "\n")


def _any_agencies() -> Iterator[Organisation]:
    for kind in AgencyKind:
        yield Organisation(slug="{agency}", tenant="", kind=OrganisationKind(kind), name="")
