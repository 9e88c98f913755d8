"""A machine may lack a browser and say so; CI may not."""

import pytest

from tests.rules.tree import text_of

SKIPPED = "import pytest\n\n@pytest.mark.{marker}\ndef test_needs_more():\n    pytest.skip('nothing here')\n"
EXPECTED_TO_FAIL = "import pytest\n\n@pytest.mark.kafka\n@pytest.mark.xfail\ndef test_fails():\n    assert False\n"
# The hook under test stands in conftest.py; plugins would only slow the inner runs down.
WITHOUT_PLUGINS = [
    f"-pno:{plugin}"
    for plugin in ("asyncio", "hypothesispytest", "pytest_cov", "xdist", "xdist.looponfail", "anyio", "faulthandler")
]
MODULE = "import pytest\n\npytest.skip('nothing here', allow_module_level=True)\n"


@pytest.fixture
def house(pytester, monkeypatch):
    pytester.makeconftest(text_of("tests/conftest.py"))
    pytester.makeini("[pytest]\nmarkers =\n    connected\n    kafka\n    browser\n    slow\n")
    monkeypatch.delenv("CI", raising=False)
    return pytester


@pytest.mark.parametrize("marker", ["connected", "kafka", "browser"])
def test_in_ci_a_skipped_test_of_a_connected_kind_fails_and_says_why(house, monkeypatch, marker):
    house.makepyfile(SKIPPED.format(marker=marker))
    monkeypatch.setenv("CI", "true")

    ran = house.runpytest_inprocess(*WITHOUT_PLUGINS)

    ran.assert_outcomes(failed=1)
    ran.stdout.fnmatch_lines([f"*CI skips nothing, and a test marked {marker} was skipped: *nothing here*"])


@pytest.mark.parametrize(("ci", "marker"), [("", "kafka"), ("false", "browser"), ("true", "slow")])
def test_elsewhere_and_otherwise_a_skip_stays_a_skip(house, monkeypatch, ci, marker):
    house.makepyfile(SKIPPED.format(marker=marker))
    monkeypatch.setenv("CI", ci)

    house.runpytest_inprocess(*WITHOUT_PLUGINS).assert_outcomes(skipped=1)


def test_in_ci_an_expected_failure_stays_expected(house, monkeypatch):
    house.makepyfile(EXPECTED_TO_FAIL)
    monkeypatch.setenv("CI", "true")

    house.runpytest_inprocess(*WITHOUT_PLUGINS).assert_outcomes(xfailed=1)


@pytest.mark.parametrize(("ci", "outcome"), [("true", "errors"), ("", "skipped")])
def test_in_ci_a_module_may_not_skip_itself(house, monkeypatch, ci, outcome):
    house.makepyfile(MODULE)
    monkeypatch.setenv("CI", ci)

    house.runpytest_inprocess(*WITHOUT_PLUGINS).assert_outcomes(**{outcome: 1})
