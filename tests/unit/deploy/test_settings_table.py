"""The settings table is whole: each setting once, with what it means."""

from deploy.settings import ROLES, Settings
from deploy.stack.settings_table import settings_rows, settings_table


def test_every_setting_has_a_meaning():
    assert [name for name, _, meaning in settings_rows() if not meaning] == []


def test_every_setting_stands_in_the_table_once():
    names = [name for name, _, _ in settings_rows()]

    assert len(names) == len(set(names))
    assert {name.split("_", 1)[1].split("__")[0].lower() for name in names} == set(Settings.model_fields)
    assert [name for name in names if "DATABASE" in name] == [f"AMENDS_DATABASE__{role.upper()}" for role in ROLES]


def test_the_table_is_markdown_with_a_line_a_setting():
    lines = settings_table().splitlines()

    assert len(lines) == 2 + len(list(settings_rows()))
    assert all(line.count("|") == 4 for line in lines)
