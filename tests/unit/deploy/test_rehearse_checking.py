"""A scenario's mistakes come all at once, each once, with its line and its path; nothing is played before."""

import pytest

from deploy.cli import main
from deploy.rehearse.checking import checked_scenario
from deploy.rehearse.places import ScenarioError
from tests.acceptance.scenarios import FILES

MANY = """\
title: Many mistakes
sheme: derbyshire
scheme: derbishire
policy: {clocks.strat: 2}
steps:
  - at: 2026-06-01T09:00
    refer: {agency: police, as: early}
  - at: 2026-06-01T09:00+01:00
    refer: {agency: polise, as: one}
  - refer: {agency: police, as: two, participant: {given_nam: Sam, birth_date: 1994-99-01}}
  - refre: {agency: police, as: three}
  - do: {case: tow, command: AcceptReferal}
  - do: {case: two, command: RecordAttendance, data: {outcom: UACP}}
  - at: 2026-05-01T09:00+01:00
    refused: {case: two, command: IssueWarning, code: no_such_reason, by: {role: caseworkr}}
  - expect:
      - {case: two, stat: received}
      - {notices: polise, count: 1}
      - {notices: police, cuont: 1}
      - {view: three, as: {organisation: high-peek-homes}}
"""
TOLD = """\
line 2: /sheme: sheme is not known here; did you mean scheme?
line 3: /scheme: there is no scheme derbishire; did you mean derbyshire?
line 6: /steps/0/at: the time lacks its offset
line 9: /steps/1/refer/agency: there is no agency polise; did you mean police?
line 10: /steps/2/refer/participant/given_nam: participant.given_nam is not a field of the contract
line 10: /steps/2/refer/participant/birth_date: participant.birth_date is not a date
line 11: /steps/3/refre: refre is not known here; did you mean refer?
line 12: /steps/4/do/command: there is no command AcceptReferal; did you mean AcceptReferral?
line 12: /steps/4/do/case: there is no referral made as tow
line 13: /steps/5/do/data/outcom: outcom is not a field of the contract; did you mean outcome?
line 14: /steps/6/at: it lies before the step above it
line 15: /steps/6/refused/by/role: there is no role caseworkr; did you mean caseworker?
line 15: /steps/6/refused/code: there is no reason no_such_reason
line 19: /steps/7/expect/2: notices have no cuont; did you mean count?
"""


def told(tmp_path, text):
    """Return what is said of a file."""
    file = tmp_path / "many.yaml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(ScenarioError) as error:
        checked_scenario(file)
    return error.value.problems


def test_every_mistake_is_told_once_with_its_line_and_path(tmp_path):
    found = told(tmp_path, MANY)

    assert len(found) == len(TOLD.splitlines())
    assert all(any(one.startswith(said) for one in found) for said in TOLD.splitlines()), found


def test_expectations_that_keep_the_format_are_held_against_what_there_is(tmp_path):
    found = told(tmp_path, MANY.replace("cuont", "count").replace("sheme: derbyshire\n", ""))

    assert [one.partition(": /steps/7/expect/")[2] for one in found if "/expect/" in one] == [
        "0/stat: there is no field of a case stat; did you mean state?",
        "1/notices: there is no audience polise; did you mean police?",
        "3/as/organisation: there is no organisation high-peek-homes; did you mean high-peak-homes?",
    ]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("steps: [", "line 1: it is not YAML"),
        ("steps: []", "line 1: /steps: there is no step"),
        ("- a", "line 1: it must be a mapping"),
        ("steps:\n  - refer: {as: x}\n", "line 2: /steps/0: no step up to here says `at`"),
        ("steps:\n  - at: 2026-06-01T09:00Z\n    refer: {as: x, as: y}\n", "line 3: /steps/0/refer/as: it stands here"),
        (
            "policy: {clocks.strat: 1}\nsteps:\n  - at: 2026-06-01T09:00Z\n    refer: {as: x}\n",
            "line 1: /policy: clocks",
        ),
        ("steps:\n  - at: 2026-06-01T09:00Z\n    refer: {as: x, participant: 7}\n", "line 3: /steps/0/refer"),
    ],
)
def test_one_mistake_is_one_line(tmp_path, text, said):
    (line,) = told(tmp_path, text)

    assert line.startswith(said)


def test_the_command_tells_of_every_file_and_plays_none(capsys, tmp_path):
    names = ("one.yaml", "two.yaml")
    for name in names:
        (tmp_path / name).write_text("steps: []\n", encoding="utf-8")

    with pytest.raises(SystemExit) as ended:
        main(("rehearse", *(str(tmp_path / name) for name in names)))

    assert ended.value.code == 2
    assert [line.split(":")[1].strip() for line in capsys.readouterr().err.splitlines()] == list(names)


@pytest.mark.parametrize("name", FILES)
def test_a_scenario_that_can_be_played_has_no_mistake(name):
    assert checked_scenario(FILES[name]).steps
