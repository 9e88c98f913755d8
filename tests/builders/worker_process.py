"""Runs a worker as a process of its own, by the settings of its environment, with the patches that a test names."""

import os

from mode.worker import Worker

from deploy.bootstrap import build_worker
from deploy.settings import Settings
from tests.faults.patches import PATCHES


def main():
    """Be a worker to the end."""
    for name in os.environ.get("AMENDS_TESTS_PATCHES", "").split(","):  # noqa: TID251 - a test speaks to its process
        if name:
            PATCHES[name]()
    Worker(build_worker(Settings()), loglevel="INFO").execute_from_commandline()


if __name__ == "__main__":
    main()
