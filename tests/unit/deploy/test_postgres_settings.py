"""Settings of the local server that stand or fall together."""

from deploy.local.postgres import READY_S
from deploy.local.postgres_settings import SETTINGS

SLOW_READING_MB_S = 15


def test_a_server_that_crashed_has_the_time_to_read_its_whole_log_again():
    log_mb = int(SETTINGS["max_wal_size"].removesuffix("GB")) * 1024

    assert log_mb / SLOW_READING_MB_S < READY_S
