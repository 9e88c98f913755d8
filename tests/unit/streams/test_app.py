"""Faust hosts the crew, and does not keep it waiting."""

import subprocess
import sys

# In a process of its own: what an app leaves behind makes a later `ast.parse` of Python 3.11 miscount its recursion.
ASKED = """
import logging
from pathlib import Path
from streams.app import create_app
from streams.settings import StreamSettings
logging.getLogger().setLevel(logging.INFO)
app = create_app(StreamSettings(bootstrap="nowhere:1", data_folder=Path({folder!r})), lambda: None)
print(logging.getLogger("transitions.core").isEnabledFor(logging.INFO))
first, *others = app.on_init_dependencies()
print(type(first).__name__, app.consumer in others)
"""


def test_the_crew_starts_before_all_that_waits_for_the_boards_group_and_logs_no_step_of_a_table(tmp_path):
    command = (sys.executable, "-c", ASKED.format(folder=str(tmp_path)))

    told = subprocess.run(command, capture_output=True, text=True, check=True)

    assert told.stdout.split() == ["False", "Crew", "True"]
