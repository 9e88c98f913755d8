"""Settings that cannot be: every command that reads them says so in one line, by name and with the remedy."""

import pytest

from tests.builders.cli import NOWHERE, ROLES, outcome, set_environment

DATABASES = {f"DATABASE__{role}": NOWHERE for role in ROLES}
SOUND = {**DATABASES, "KAFKA__BOOTSTRAP": "127.0.0.1:1", "MASTER_KEY": "00" * 32}
COMMANDS = (
    ("worker",),
    ("portal",),
    ("verify",),
    ("replay",),
    ("migrate",),
    ("topics", "list"),
    ("users", "list"),
    ("organisations", "list"),
    ("mail", "undecided"),
    ("dead-letters", "list"),
    ("demo", "--once"),
    ("up",),
)


def databases(dsn):
    """The same address for every role."""
    return dict.fromkeys(DATABASES, dsn)


WRONG = {
    "no address": (databases("nonsense"), "AMENDS_DATABASE__AMENDS_WORKER", "postgresql://user:password@host"),
    "another engine": (databases("mysql://u:secret@h/d"), "AMENDS_DATABASE__AMENDS_WORKER", "postgresql://"),
    "a port that is a word": (
        databases("postgresql://u:secret@h:port/d"),
        "AMENDS_DATABASE__AMENDS_OWNER",
        "1 to 65535",
    ),
    "a port too high": (databases("postgresql://u:secret@h:99999/d"), "AMENDS_DATABASE__AMENDS_OWNER", "1 to 65535"),
    "a bracket left open": (
        databases("postgresql://u:secret@[::1/d"),
        "AMENDS_DATABASE__AMENDS_OWNER",
        "postgresql://",
    ),
    "a mode of TLS": (
        databases("postgresql://u:secret@h/d?sslmode=yes"),
        "AMENDS_DATABASE__AMENDS_OWNER",
        "verify-full",
    ),
    "a role misspelt": ({"DATABASE__AMENDS_WORKR": NOWHERE}, "AMENDS_DATABASE", "AMENDS_DATABASE__AMENDS_WORKER?"),
    "no role": ({"DATABASE": NOWHERE}, "AMENDS_DATABASE", "AMENDS_DATABASE__AMENDS_OWNER"),
    "a part misspelt": ({"DATABSE__AMENDS_OWNER": NOWHERE}, "AMENDS_DATABSE", "AMENDS_DATABASE__AMENDS_OWNER?"),
    "brokers without a port": ({"KAFKA__BOOTSTRAP": "kafka"}, "AMENDS_KAFKA__BOOTSTRAP", "host:port"),
    "brokers as an address": ({"KAFKA__BOOTSTRAP": "kafka://h:9092"}, "AMENDS_KAFKA__BOOTSTRAP", "host:port"),
    "a broker's port": ({"KAFKA__BOOTSTRAP": "h:9092,h:x"}, "AMENDS_KAFKA__BOOTSTRAP", "1 to 65535"),
    "no part of Kafka": ({"KAFKA": "h:9092"}, "AMENDS_KAFKA", "AMENDS_KAFKA__BOOTSTRAP"),
    "a setting misspelt": ({"KAFKA__GRUOP": "x"}, "AMENDS_KAFKA__GRUOP", "AMENDS_KAFKA__GROUP?"),
    "a kind of broker": ({"KAFKA__BROKER": "rabbit"}, "AMENDS_KAFKA__BROKER", "'kafka' or 'tansu'"),
    "options that are no JSON": ({"KAFKA__OPTIONS": "{"}, "AMENDS_KAFKA__OPTIONS", "not JSON"),
    "options in a list": ({"KAFKA__OPTIONS": "[1]"}, "AMENDS_KAFKA__OPTIONS", "JSON object"),
    "an option's kind": ({"KAFKA__OPTIONS": '{"request_timeout_ms": "x"}'}, "AMENDS_KAFKA__OPTIONS", "whole number"),
    "an option of a program": ({"KAFKA__OPTIONS": '{"loop": "x"}'}, "AMENDS_KAFKA__OPTIONS", "loop is no option"),
    "addresses among options": (
        {"KAFKA__OPTIONS": '{"bootstrap_servers": "a:1"}'},
        "OPTIONS",
        "AMENDS_KAFKA__BOOTSTRAP",
    ),
    "a protocol": ({"KAFKA__OPTIONS": '{"security_protocol": "SASL_SLS"}'}, "AMENDS_KAFKA__OPTIONS", "SASL_SSL?"),
    "nobody signs in": ({"KAFKA__OPTIONS": '{"security_protocol": "SASL_SSL"}'}, "OPTIONS", "sasl_plain_password"),
    "a key too short": ({"MASTER_KEY": "abcd"}, "AMENDS_MASTER_KEY", "64 hexadecimal digits"),
    "a key of no digits": ({"MASTER_KEY": "zz" * 32}, "AMENDS_MASTER_KEY", "64 hexadecimal digits"),
    "a worker elsewhere": ({"WORKER": "../../x"}, "AMENDS_WORKER", "letters"),
    "a point of failure": (
        {"ENGINE__FAILPOINT": "x:y", "ENGINE__FAILPOINTS_ALLOWED": "true"},
        "ENGINE",
        "after_commit",
    ),
    "no time at all": ({"ENGINE__LEASE_S": "nan"}, "AMENDS_ENGINE__LEASE_S", "number"),
    "a port of pages": ({"PORTAL__PORT": "99999"}, "AMENDS_PORTAL__PORT", "at most 65535"),
    "a port of mail": ({"MAIL__HOST": "h", "MAIL__PORT": "x"}, "AMENDS_MAIL__PORT", "whole number"),
    "mail without a host": ({"MAIL__PORT": "25"}, "AMENDS_MAIL__HOST", "must be set"),
    "a pool too small": ({"PORTAL__POOL": "1"}, "AMENDS_PORTAL__POOL", "at least 2"),
}


@pytest.fixture
def given(monkeypatch, tmp_path):
    return lambda **values: set_environment(monkeypatch, **{"HOME": str(tmp_path / "home")} | SOUND | values)


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_setting_is_named_with_the_remedy_and_never_its_value(capsys, given, name):
    values, setting, remedy = WRONG[name]
    given(**values)

    status, lines = outcome(capsys, "users", "list")

    assert (status, len(lines)) == (2, 1), lines
    assert setting in lines[0]
    assert remedy in lines[0]
    assert "secret" not in lines[0]


@pytest.mark.parametrize("command", COMMANDS, ids="-".join)
def test_every_command_that_reads_settings_refuses_wrong_ones_in_one_line(capsys, given, command):
    given(**databases("nonsense"), KAFKA__BOOTSTRAP="nonsense", MASTER_KEY="nonsense")

    status, lines = outcome(capsys, *command)

    assert (status, len(lines)) == (2, 1), lines
    assert all(name in lines[0] for name in ("AMENDS_DATABASE__", "AMENDS_KAFKA__BOOTSTRAP", "AMENDS_MASTER_KEY"))


def test_a_fault_that_several_settings_share_is_told_once(capsys, given):
    given(**databases("nonsense"))

    _, lines = outcome(capsys, "users", "list")

    assert lines[0].count("no address of a database") == 1
    assert all(f"AMENDS_DATABASE__{role}" in lines[0] for role in ROLES)


def test_an_empty_setting_is_one_that_is_not_set(capsys, given):
    given(**databases(""), KAFKA__BOOTSTRAP="", MASTER_KEY="")

    status, lines = outcome(capsys, "users", "list")

    assert (status, len(lines)) == (2, 1), lines
    assert "No database is named" in lines[0]


def test_a_database_named_for_some_roles_only_is_refused_with_the_names_of_the_others(capsys, given):
    given(DATABASE__AMENDS_PORTAL="", DATABASE__AMENDS_AUDITOR="")

    status, lines = outcome(capsys, "up", "--port", "20500")

    assert (status, len(lines)) == (2, 1), lines
    assert "AMENDS_DATABASE__AMENDS_PORTAL, AMENDS_DATABASE__AMENDS_AUDITOR" in lines[0]


def test_a_guarantee_that_loses_records_is_refused_in_one_line(capsys, given):
    given(ENGINE__PROCESSING_GUARANTEE="exactly_once")

    status, lines = outcome(capsys, "topics", "list")

    assert (status, len(lines)) == (2, 1), lines


@pytest.mark.parametrize("home", ["/dev/null/x", "/" + "x" * 300], ids=["below a file", "too long"])
def test_a_home_that_cannot_be_is_told_in_one_line(capsys, given, home):
    given(**databases(""), HOME=home)

    status, lines = outcome(capsys, "up")

    assert (status, len(lines)) == (2, 1), lines
    assert home in lines[0]


def test_without_a_stack_the_line_names_the_home_and_how_to_name_another(capsys, given, tmp_path):
    given(**databases(""))

    _, lines = outcome(capsys, "users", "list", "--home", str(tmp_path / "elsewhere"))

    assert str(tmp_path / "elsewhere") in lines[0]
    assert "--home" in lines[0]


def test_a_demo_takes_no_named_database(capsys, given):
    given()

    status, lines = outcome(capsys, "demo", "--once")

    assert (status, len(lines)) == (2, 1), lines
    assert "invented people" in lines[0]


@pytest.mark.parametrize("name", ["PORTAL_PORT", "HOEM", "WORKR"])
def test_a_name_that_is_nearly_a_settings_is_not_passed_over(capsys, given, name):
    given(**{name: "8080"})

    status, lines = outcome(capsys, "users", "list")

    assert (status, len(lines)) == (2, 1), lines
    assert f"there is no setting AMENDS_{name}; did you mean AMENDS_" in lines[0]


def test_what_an_orchestrator_sets_by_itself_is_no_setting_of_ours(capsys, given):
    given(PORTAL_PORT="tcp://10.0.0.7:80", FOO="1")

    _, lines = outcome(capsys, "users", "list")

    assert "no setting" not in lines[0]
