"""A failpoint that no code passes would make a crash test that cannot fail."""

import re

from streams.failpoints import NAMES
from tests.faults.causing import FAILPOINTS
from tests.rules.tree import PACKAGES, files, text_of

PASSED = re.compile(r'fail_at(?:\(|, )"(\w+)"')


def test_every_named_failpoint_is_passed_by_the_code_and_no_other_is():
    passed = {name for path in files(*PACKAGES, suffix=".py") for name in PASSED.findall(text_of(path))}

    assert passed == NAMES


def test_a_worker_is_killed_at_every_named_failpoint():
    assert set(FAILPOINTS) == NAMES
