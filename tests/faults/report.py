"""What the last full run came to, as Markdown: on which machine, with which versions, one row an experiment."""

import os
import platform
import subprocess
import time
from pathlib import Path

from deploy.local.kafka import find_kafka
from deploy.local.postgres_settings import embedded_binaries, major_version

BEGIN, END = "<!-- experiments: written by `make faults` -->", "<!-- end of experiments -->"
HEADING = "# Faults: what the last full run came to\n"


def write_report(path, table, *, seconds, full):
    """Put the experiments' part into the file; other parts of it stay as they are."""
    old = path.read_text(encoding="utf-8") if path.exists() else f"{HEADING}\n{BEGIN}\n{END}\n"
    if BEGIN not in old:
        old += f"\n{BEGIN}\n{END}\n"
    before, _, rest = old.partition(BEGIN)
    after = rest.partition(END)[2]
    length = "at full length" if full else "shortened"
    told = f"{_machine()} The experiments ran {length}, in {seconds / 60:.0f} minutes."
    path.write_text(f"{before}{BEGIN}\n{told}\n\n{table}\n{END}{after}", encoding="utf-8")


def _machine():
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return (
        f"{time.strftime('%d %B %Y')}; {os.cpu_count()} cores, {memory:.0f} GB, {platform.system()} "
        f"{platform.machine()}; Python {platform.python_version()}, PostgreSQL {major_version(embedded_binaries())}, "
        f"Apache Kafka {_kafka()}, {_java()}."
    )


def _kafka():
    jars = sorted(Path(find_kafka()).glob("kafka-server-common-*.jar"))
    return jars[0].stem.rpartition("-")[2] if jars else "of an unknown version"


def _java():
    told = subprocess.run(("java", "-version"), capture_output=True, text=True, check=False).stderr
    return told.splitlines()[0].replace('"', "").replace(" version", "") if told else "no Java"
