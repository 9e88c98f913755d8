"""What a person at the terminal meets: help with an example, and one plain line for what he can mend."""

import click
import pytest

from deploy.cli import amends, main
from deploy.cli.errors import plain_line
from deploy.cli.known_platform import refusal
from deploy.cli.output import table
from deploy.local.errors import LocalStackError
from tests.builders.cli import NOWHERE, ROLES, outcome, set_environment


def every_command(group=amends, path=()):
    """Yield each command that does something, with its name."""
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            yield from every_command(command, (*path, name))
        else:
            yield pytest.param(command, id="-".join((*path, name)))


@pytest.fixture
def own_settings(monkeypatch, tmp_path):
    """Settings of this test alone."""
    monkeypatch.setenv("AMENDS_HOME", str(tmp_path / "home"))

    return lambda **values: set_environment(monkeypatch, **values)


@pytest.fixture
def named_database(own_settings):
    """Settings that name a database which does not answer."""
    own_settings(**{f"DATABASE__{role}": NOWHERE for role in ROLES}, KAFKA__BOOTSTRAP="127.0.0.1:1")
    return own_settings


@pytest.mark.parametrize("command", list(every_command()))
def test_every_command_has_help_with_an_example(command):
    assert "Example: amends " in (command.help or "")


WORDS = {
    ("demo", "--incidnts", "x"): "There is no option --incidnts; did you mean --incidents?",
    ("demo", "--referrals"): "--referrals needs a value after it.",
    ("demo", "--referrals", "x"): "--referrals: 'x' is no whole number.",
    ("demo", "--pace", "0"): "--pace: it must be at least 0.1.",
    ("portal", "--port", "0"): "--port: it must be at least 1 and at most 65535.",
    ("users", "lck"): "There is no command lck; did you mean lock?",
    ("users", "add"): "LOGIN is missing.",
    ("users", "add", "x"): "--organisation is missing: the slug of the organisation",
    ("users", "add", "x", "--organisation", "y", "--role", "caseworkr"): "did you mean caseworker?",
    ("organisations", "credential", "revoke", "x"): "is no id: write 32 hexadecimal digits",
    ("users", "list", "x"): "Got unexpected extra argument (x).",
}


@pytest.mark.parametrize("arguments", WORDS, ids=" ".join)
def test_a_wrong_word_is_told_in_one_line_of_plain_words(capsys, own_settings, arguments):
    status, lines = outcome(capsys, *arguments)

    assert (status, len(lines)) == (2, 1), lines
    assert WORDS[arguments] in lines[0]


@pytest.mark.parametrize("command", list(every_command()))
def test_an_example_stays_on_its_line_however_narrow_the_terminal(command):
    shown = command.get_help(click.Context(command, info_name="x", terminal_width=60))
    (example,) = (line for line in command.help.splitlines() if line.startswith("Example: "))

    assert example in shown


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("worker",), "AMENDS_MASTER_KEY"),
        (("portal",), "AMENDS_MASTER_KEY"),
        (("up", "--port", "20500"), "AMENDS_MASTER_KEY"),
    ],
)
def test_a_real_database_without_a_master_key_is_refused_in_one_line(capsys, named_database, arguments, said):
    status, lines = outcome(capsys, *arguments)

    assert (status, len(lines)) == (2, 1)
    assert said in lines[0]


@pytest.mark.parametrize("arguments", [("worker",), ("migrate",), ("users", "list"), ("verify",)])
def test_a_database_that_does_not_answer_is_said_in_one_line_without_its_address(capsys, named_database, arguments):
    named_database(MASTER_KEY="00" * 32)

    status, lines = outcome(capsys, *arguments)

    assert (status, len(lines)) == (2, 1)
    assert "database does not answer" in lines[0]
    assert "secret" not in lines[0]


@pytest.mark.parametrize("arguments", [("users", "list"), ("topics", "list"), ("migrate",), ("dead-letters", "list")])
def test_without_a_database_the_line_names_the_setting_and_the_command_that_brings_one(capsys, own_settings, arguments):
    status, lines = outcome(capsys, *arguments)

    assert (status, len(lines)) == (2, 1)
    assert "AMENDS_DATABASE__AMENDS_" in lines[0]
    assert "amends up" in lines[0]


def test_a_setting_that_cannot_be_is_named_and_its_value_is_not(capsys, own_settings):
    own_settings(PORTAL__PORT="eighty-eighty")

    status, lines = outcome(capsys, "portal")

    assert (status, len(lines)) == (2, 1)
    assert "AMENDS_PORTAL__PORT" in lines[0]
    assert "eighty" not in lines[0]


def test_a_file_without_a_checkpoint_is_named_with_its_line(capsys, own_settings, tmp_path):
    file = tmp_path / "checkpoints.jsonl"
    file.write_text("{}\n")

    status, lines = outcome(capsys, "verify", "--against", str(file))

    assert (status, len(lines)) == (2, 1)
    assert "Line 1" in lines[0]


def test_a_refill_is_not_done_by_mistake(capsys, own_settings):
    status, lines = outcome(capsys, "topics", "refill")

    assert (status, len(lines)) == (2, 1)
    assert "--yes" in lines[0]


A_STEP = "  - at: 2026-06-09T16:10+01:00\n    refer: {agency: police, as: graffiti}\n"
WRONG_FILES = {
    "unknown-step.yaml": (f"scheme: derbyshire\nsteps:\n{A_STEP.replace('refer', 'refre')}", "did you mean refer?"),
    "unknown-key.yaml": (f"sheme: derbyshire\nsteps:\n{A_STEP}", "did you mean scheme?"),
    "unknown-scheme.yaml": (f"scheme: derbyshir\nsteps:\n{A_STEP}", "derbyshir"),
    "no-yaml.yaml": ("scheme: [derby\nsteps: {", "not YAML"),
    "empty.yaml": ("", "`scheme` and `steps`"),
    "bytes.yaml": (b"\xff\xfe\x00", "not UTF-8 text"),
    "no-column.csv": ("Month,Longitude,Crime type\n2026-01,1,Drugs\n", "no column Latitude"),
    "empty.csv": ("", "no column Month"),
    "bytes.csv": (b"\xff\xfe\x00", "not a text CSV"),
}


@pytest.mark.parametrize("name", WRONG_FILES)
def test_a_file_that_cannot_be_used_is_told_in_one_line(capsys, own_settings, tmp_path, name):
    content, said = WRONG_FILES[name]
    file = tmp_path / name
    file.write_bytes(content if isinstance(content, bytes) else content.encode())
    command = ("rehearse", str(file)) if name.endswith("yaml") else ("demo", "--once", "--incidents", str(file))

    status, lines = outcome(capsys, *command)

    assert (status, len(lines)) == (2, 1), lines
    assert said in lines[0]


@pytest.mark.parametrize("command", [("rehearse",), ("demo", "--incidents"), ("verify", "--against")])
def test_a_folder_where_a_file_is_wanted_is_told_in_one_line(capsys, own_settings, tmp_path, command):
    status, lines = outcome(capsys, *command, str(tmp_path))

    assert (status, len(lines)) == (2, 1), lines
    assert str(tmp_path) in lines[0]


@pytest.mark.parametrize(
    ("content", "said"),
    [("nmae = 'x'", "did you mean name?"), ("x = [", "not TOML"), ("", "slug"), (b"\xff\xfe\x00", "not UTF-8")],
)
def test_a_policy_that_cannot_be_used_is_named_with_all_that_is_wrong(capsys, own_settings, tmp_path, content, said):
    file = tmp_path / "policy.toml"
    file.write_bytes(content if isinstance(content, bytes) else content.encode())

    with pytest.raises(SystemExit) as ended:
        main(("policy", "check", str(file)))

    assert ended.value.code == 2
    assert said in "".join(capsys.readouterr())


@pytest.mark.parametrize(
    ("option", "value"),
    [
        *(("--referrals", value) for value in ("0", "-1", "1000000", "many")),
        *(("--pace", value) for value in ("0", "-1", "nan", "fast")),
        ("--seed", "one"),
        ("--speed", "2"),
    ],
)
def test_a_number_that_cannot_be_is_told_in_one_line_that_leads_to_the_help(capsys, own_settings, option, value):
    status, lines = outcome(capsys, "demo", option, value)

    assert (status, len(lines)) == (2, 1), lines
    assert option in lines[0]
    assert "demo --help`" in lines[0]


def test_an_organisation_of_a_scheme_that_is_not_there_is_not_registered(capsys, named_database):
    words = ("new-homes", "--kind", "housing", "--name", "New Homes", "--tenant", "derbyshir")

    status, lines = outcome(capsys, "organisations", "register", *words)

    assert (status, len(lines)) == (2, 1), lines
    assert "did you mean derbyshire?" in lines[0]


def test_without_a_command_the_help_is_shown(capsys):
    status, lines = outcome(capsys)

    assert status == 2
    assert "Commands:" in lines


def test_windows_is_led_to_wsl_and_the_others_are_not():
    assert "WSL" in (refusal("win32") or "")
    assert refusal("linux") is None


def test_a_fault_of_ours_has_no_plain_line_also_not_in_a_group():
    mendable = LocalStackError("Do this.")

    assert plain_line(KeyError("ours")) is None
    assert plain_line(ExceptionGroup("both", [mendable, KeyError("ours")])) is None
    assert plain_line(ExceptionGroup("one", [mendable])) == "Do this."


def test_a_table_stands_in_columns_and_shows_what_is_missing():
    rows = [{"login": "j.reed", "locked": True}, {"login": "a", "locked": None}]

    assert table(rows, ("login", "locked")).splitlines() == ["login   locked", "j.reed  yes", "a       -"]
