"""What every test shares. Fixtures of one kind of test live beside those tests."""

import os
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, settings

# A property holds on a busy machine too; how long it takes there says nothing of it.
UNHURRIED = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("unhurried", UNHURRIED)
settings.load_profile("unhurried")
# What `make test-fast` draws; all else draws hypothesis' own hundred.
settings.register_profile("fast", UNHURRIED, max_examples=25)

MUST_RUN_IN_CI = ("connected", "kafka", "browser")


def _in_ci() -> bool:
    return os.environ.get("CI") == "true"  # noqa: TID251 - CI speaks to the test run by its environment


def _forbid_skip(report: pytest.TestReport | pytest.CollectReport, what: str) -> None:
    reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longrepr
    report.outcome = "failed"
    report.longrepr = f"CI skips nothing, and {what} was skipped: {reason}"


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[None]:
    """In CI a skipped test that needs a database, a broker or a browser is a failed one."""
    report = yield
    expected_to_fail = hasattr(report, "wasxfail")
    if _in_ci() and report.skipped and not expected_to_fail:
        needed = [name for name in MUST_RUN_IN_CI if item.get_closest_marker(name)]
        if needed:
            _forbid_skip(report, f"a test marked {', '.join(needed)}")
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(collector: pytest.Collector) -> Iterator[None]:
    """In CI a module that skips itself while it is read is a failed one: nobody can tell what it held."""
    report = yield
    if _in_ci() and report.skipped:
        _forbid_skip(report, f"all of {collector.name}")
    return report
