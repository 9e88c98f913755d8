"""Runs a worker as a process of its own, by the settings of its environment."""

from mode.worker import Worker

from deploy.bootstrap import build_worker
from deploy.settings import Settings

if __name__ == "__main__":
    Worker(build_worker(Settings()), loglevel="INFO").execute_from_commandline()
