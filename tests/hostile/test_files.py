"""Files that people write: a policy, a scenario, a list of incidents. Whatever is in them, one plain refusal."""

import csv
import io
from contextlib import suppress

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from deploy.rehearse.places import ScenarioError
from deploy.rehearse.scenario import parse_scenario, read_scenario
from deploy.simulate.incidents import REQUIRED, IncidentFileError, read_incidents
from tests.hostile.values import TEXTS, VALUES, either, spoiled
from tests.rules.tree import ROOT
from workflow.schemes.problems import SchemeError
from workflow.schemes.reading import load_scheme, packaged_texts

POLICY = packaged_texts()["derbyshire.toml"]
LINES = POLICY.splitlines()
SCENARIOS = sorted((ROOT / "tests" / "acceptance" / "scenarios").rglob("*.yaml"))
SCENARIO = yaml.safe_load(SCENARIOS[0].read_text(encoding="utf-8"))
ODD_TOML = ("versions = 3", "versions = [3]", "[[versions]]\nbased_on = 3", "[versions]\na = 1", "a = " + "[" * 5000)
ODD_YAML = (
    "steps: [{at: 2026-02-30}]",
    "? [a]: b",
    "a: &a [*a]",
    "[" * 1500,
    "steps: 2026-13-45T99:99:99Z",
    "a: !!python/name:os.system",
)
FIELDS = TEXTS | st.sampled_from(["2026-03", "-1.4", "52.9", "nan", "1e999", "Burglary", '"', "x" * 200_000])
"""Of a CSV."""


@pytest.mark.parametrize("text", ODD_TOML)
def test_an_odd_policy_is_refused_with_problems(text):
    with pytest.raises(SchemeError):
        load_scheme(text, "odd.toml")


@settings(max_examples=25)
@given(st.text(max_size=60))
def test_what_is_no_policy_is_refused_with_problems(text):
    with pytest.raises(SchemeError):
        load_scheme(text, "any.toml")


@settings(max_examples=25)
@given(st.integers(0, len(LINES) - 1), st.sampled_from(["", "= 3", "[[", "x = 1", "versions = []", 'door = "\\ud800"']))
def test_a_policy_with_one_line_changed_is_read_or_refused_with_problems(number, line):
    text = "\n".join([*LINES[:number], line, *LINES[number + 1 :]])

    with suppress(SchemeError):
        assert load_scheme(text, "spoiled.toml").slug


@pytest.mark.parametrize("text", ODD_YAML)
def test_an_odd_scenario_is_refused_in_words(tmp_path, text):
    file = tmp_path / "odd.yaml"
    file.write_text(text, encoding="utf-8")

    with pytest.raises(ScenarioError):
        read_scenario(file)


@given(spoiled(SCENARIO))
def test_a_spoiled_scenario_is_read_or_refused_in_words(raw):
    with suppress(ScenarioError):
        assert parse_scenario(raw, "spoiled.yaml").steps


@given(st.dictionaries(TEXTS, VALUES, max_size=4))
def test_what_is_no_scenario_is_refused_in_words(raw):
    with pytest.raises(ScenarioError):
        parse_scenario(raw, "any.yaml")


@given(st.lists(st.lists(FIELDS, max_size=6), max_size=4), st.booleans())
def test_a_list_of_incidents_is_read_line_by_line_or_refused_in_one_line(tmp_path_factory, rows, headed):
    text = io.StringIO()
    csv.writer(text, escapechar="\\").writerows([list(REQUIRED) if headed else ["a"], *rows])
    file = tmp_path_factory.mktemp("csv") / "incidents.csv"
    file.write_bytes(text.getvalue().encode("utf-8", "surrogatepass"))

    found, refused = either(IncidentFileError, read_incidents, file, seed=1, sexual_share=0.1)

    if refused:
        assert "\n" not in str(refused)
    else:
        assert len(found.incidents) + len(found.bad) <= len(rows)


@given(st.binary(max_size=300))
def test_bytes_that_are_no_list_of_incidents_are_refused_in_one_line(tmp_path_factory, raw):
    file = tmp_path_factory.mktemp("csv") / "bytes.csv"
    file.write_bytes(raw)

    with pytest.raises(IncidentFileError):
        read_incidents(file, seed=1, sexual_share=0.1)
