"""What a scenario file may say, what is filled in, and how a failed expectation reads."""

import pytest

from deploy.calendar import govuk_calendar
from deploy.cli.rehearse import rehearse as command
from deploy.rehearse.explaining import explanation
from deploy.rehearse.findings import compare
from deploy.rehearse.places import ScenarioError
from deploy.rehearse.player import rehearse
from deploy.rehearse.scenario import parse_scenario, read_scenario
from tests.fakes.ground import FakeGround

REFER = {"at": "2026-06-09T16:10+01:00", "refer": {"agency": "police", "as": "graffiti"}}


def a_scenario(*steps, **changes):
    return parse_scenario({"steps": [REFER, *steps]} | changes, "a-file")


async def found(*steps, **changes):
    return await rehearse(a_scenario(*steps, **changes), FakeGround(), govuk_calendar())


async def test_a_failed_expectation_says_the_step_and_the_smallest_difference():
    clocks = {"start_48h": {"status": "met", "origin": "referral_sent"}}

    findings = await found({"expect": [{"case": "graffiti", "state": "received", "clocks": clocks}]})

    assert [finding.line() for finding in findings if not finding.holds] == [
        'step 2: graffiti clocks start_48h status: expected "met", found "running"'
    ]


async def test_a_refusal_that_does_not_come_is_a_failed_expectation():
    refused = {"case": "graffiti", "command": "AcceptReferral", "code": "limitation_unknown"}

    (finding,) = await found({"refused": refused})

    assert (finding.holds, finding.expected, finding.found) == (False, "limitation_unknown", "applied")


async def test_a_command_that_is_refused_says_the_rule_and_what_to_do():
    (finding,) = await found({"do": {"case": "graffiti", "command": "CompleteCase"}})

    assert not finding.holds
    assert "refused as referral_not_accepted_yet: Casework begins once" in finding.line()


@pytest.mark.parametrize(
    ("expectation", "said"),
    [
        ({"case": "graffiti", "stat": "received"}, "there is no field of a case stat; did you mean state?"),
        ({"case": "graffity", "state": "received"}, "did you mean graffiti?"),
        ({"notices": "polise", "count": 0}, "there is no audience polise; did you mean police?"),
        ({"view": "graffiti", "as": {"organisation": "high-peek-homes"}}, "did you mean high-peak-homes?"),
    ],
)
async def test_an_expectation_of_what_nobody_knows_cannot_be_played(expectation, said):
    with pytest.raises(ScenarioError) as error:
        await found({"expect": [expectation]})

    assert said in str(error.value)


@pytest.mark.parametrize(
    ("step", "said"),
    [
        ({"do": {"case": "graffiti", "command": "AcceptReferal"}}, "did you mean AcceptReferral?"),
        ({"expct": []}, "did you mean expect?"),
        ({"expect": [{"notices": "police", "cuont": 1}]}, "did you mean count?"),
        ({"expect": [{"state": "received"}]}, "an expectation says case, notices or view"),
        ({"expect": [], "do": {"case": "graffiti", "command": "AcceptReferral"}}, "exactly one of"),
    ],
)
def test_an_unknown_word_in_a_file_names_the_nearest_known_one(step, said):
    with pytest.raises(ScenarioError) as error:
        a_scenario(step)

    assert said in str(error.value)


async def test_an_unknown_scheme_names_the_nearest_known_one():
    with pytest.raises(ScenarioError) as error:
        await found(scheme="derbishire")

    assert "did you mean derbyshire?" in str(error.value)


async def test_a_step_cannot_lie_before_the_one_above_it():
    with pytest.raises(ScenarioError) as error:
        await found({"at": "2026-06-09T16:09+01:00", "expect": []})

    assert "step 2" in str(error.value)


def test_a_key_that_old_yaml_takes_for_a_boolean_stays_a_word(tmp_path):
    path = tmp_path / "limitation.yaml"
    path.write_text(
        "steps:\n  - at: 2026-06-09T16:10+01:00\n    refer: {as: x, limitation: {kind: date, on: 2026-07-20}}\n"
    )

    (step,) = read_scenario(path).steps

    assert set(step.refer.model_extra["limitation"]) == {"kind", "on"}


@pytest.mark.parametrize(
    ("text", "said"), [("steps: [", "it is not YAML"), ("- a list", "it must be a mapping"), ("steps: []", "steps")]
)
def test_a_file_that_is_no_scenario_says_so(tmp_path, text, said):
    path = tmp_path / "broken.yaml"
    path.write_text(text)

    with pytest.raises(ScenarioError) as error:
        read_scenario(path)

    assert said in str(error.value)


def test_one_instant_in_two_offsets_is_the_same():
    (finding,) = compare(1, "x", {"at": "2026-06-09T17:00+01:00"}, {"at": "2026-06-09T16:00:00Z"})

    assert finding.holds


def test_an_expected_null_is_not_met_by_a_field_that_is_not_there():
    (finding,) = compare(1, "x", {"sarted_at": None}, {"started_at": "2026-06-09"})

    assert not finding.holds


def test_fewer_entries_than_expected_fail():
    findings = list(compare(1, "x", {"sessions": [{"a": 1}, {"a": 2}]}, {"sessions": [{"a": 1}]}))

    assert [finding.holds for finding in findings] == [False, True]


async def test_sessions_left_out_begin_with_one_workshop_and_never_overlap():
    plan = ("AcceptReferral", "AllocateCaseworker", "RecordConsent", "AssessRisk", "ProposePlan", "AgreePlan")
    steps = [{"do": {"case": "graffiti", "command": name}} for name in (*plan, *["BookSession"] * 3)]
    sessions = [{"activity": "asb_workshop", "starts_at": "2026-06-09T17:00+01:00"}, {"counts": True}, {"counts": True}]

    findings = await found(*steps, {"expect": [{"case": "graffiti", "state": "scheduled", "sessions": sessions}]})

    assert [finding.line() for finding in findings if not finding.holds] == []


def test_the_stated_defaults_are_those_that_are_filled_in():
    text = explanation()

    assert all(word in text for word in ("Ashdown", "criminal_damage", "county-police", "13:00 to 17:00"))


def test_the_command_explains_without_a_file(capsys):
    status = command.main(args=["--explain"], standalone_mode=False)

    assert status == 0
    assert "A referral, unless it says otherwise" in capsys.readouterr().out
