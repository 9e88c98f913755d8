import logging

from streams.app import create_app
from tests.builders.streams import some_settings


def test_the_steps_of_the_lifecycle_tables_are_no_lines_of_the_log(tmp_path):
    steps = logging.getLogger("transitions.core")
    steps.parent.setLevel(logging.INFO)

    create_app(some_settings(folder=tmp_path), lambda: None)

    assert not steps.isEnabledFor(logging.INFO)
