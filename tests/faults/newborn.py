"""What a forked process does first: it takes the environment and the log of its part, and is that part."""

import os
import sys

from deploy import cli
from tests.builders import worker_process


def live(part, environment, log):
    """Be a worker, or a portal, to the end."""
    os.environ.clear()  # noqa: TID251 - a process of its own, and its whole environment
    os.environ.update(environment)  # noqa: TID251 - the same
    told = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    for stream in (1, 2):
        os.dup2(told, stream)
    if part == "worker":
        worker_process.main()
    else:
        sys.argv = ["amends", part]
        cli.main()
