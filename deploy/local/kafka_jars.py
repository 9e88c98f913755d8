"""Apache Kafka's jars, copied by Maven into the project folder."""

import shutil
import subprocess
from pathlib import Path

from deploy.local.errors import LocalStackError

ROOT = Path(__file__).resolve().parents[2]
POM = ROOT / "deploy" / "kafka" / "pom.xml"
LIB = ROOT / ".kafka" / "lib"
BROKER_JAR = "kafka_2.13-*.jar"
FETCH_S = 600


def find_kafka() -> Path | None:
    """The folder of the jars, when they and a Java are here."""
    return LIB if any(LIB.glob(BROKER_JAR)) and shutil.which("java") else None


def java() -> str:
    """The program that runs the jars."""
    found = shutil.which("java")
    if found is None:
        raise LocalStackError("Apache Kafka needs Java 17 or newer, and no java is on the PATH. Install a JRE.")
    return found


def fetch_kafka() -> Path:
    """Copy the jars that the POM names, unless they are here already; the folder they are in."""
    wanted = POM.read_text(encoding="utf-8")
    fetched = LIB / POM.name
    if fetched.exists() and fetched.read_text(encoding="utf-8") == wanted:
        return LIB
    draft = LIB.with_name("lib.new")
    shutil.rmtree(draft, ignore_errors=True)
    _copy_dependencies(draft)
    # Last, so that its presence says that the folder is whole.
    (draft / POM.name).write_text(wanted, encoding="utf-8")
    shutil.rmtree(LIB, ignore_errors=True)
    draft.rename(LIB)
    return LIB


def _copy_dependencies(folder: Path) -> None:
    maven = shutil.which("mvn")
    if maven is None:
        raise LocalStackError("Fetching Apache Kafka needs Maven, and no mvn is on the PATH. Install maven.")
    folder.mkdir(parents=True)
    command = (maven, "-q", "-B", "-f", str(POM), "dependency:copy-dependencies")
    options = (f"-DoutputDirectory={folder}", "-DincludeScope=runtime")
    done = subprocess.run((*command, *options), capture_output=True, text=True, timeout=FETCH_S, check=False)
    if done.returncode != 0:
        raise LocalStackError(
            f"Maven could not fetch Apache Kafka's jars: {(done.stdout + done.stderr)[-800:].strip()}"
        )
