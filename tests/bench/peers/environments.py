"""Each peer's own environment, made from its own lock, so that nothing of a peer ever reaches the product's."""

import hashlib
import shutil
import subprocess
import sys
from pathlib import Path

from tests.builders.ground import ROOT

HERE = Path(__file__).parent
MADE = ROOT / ".venv" / "peers"
SERVER = "temporal_server"


def python_of(name):
    """The interpreter of a peer's environment, which is made if it is not there or its lock has changed."""
    lock, home = HERE / name / "requirements.lock", MADE / name
    if _changed(home, lock):
        subprocess.run((sys.executable, "-m", "venv", "--clear", str(home)), check=True)
        install = ("-m", "pip", "install", "--quiet", "--require-hashes", "--no-deps", "-r", str(lock))
        subprocess.run((str(home / "bin" / "python"), *install), check=True)
        _stamp(home, lock)
    return str(home / "bin" / "python")


def temporal_server():
    """The folder with Temporal's server and its schema tool, built by Go from the module's lock; None without Go."""
    lock, home = HERE / SERVER / "go.sum", MADE / SERVER
    if shutil.which("go") is None:
        return None
    if _changed(home, lock):
        (home / "bin").mkdir(parents=True, exist_ok=True)
        build = ("go", "build", "-buildvcs=false", "-o", f"{home / 'bin'}/", "tool")
        subprocess.run(build, cwd=HERE / SERVER, check=True)
        _stamp(home, lock)
    return home / "bin"


def temporal_schema():
    """The folder of the server's SQL schema, which comes in the same module."""
    asked = ("go", "list", "-m", "-f", "{{.Dir}}", "go.temporal.io/server")
    found = subprocess.run(asked, cwd=HERE / SERVER, check=True, capture_output=True, text=True)
    return Path(found.stdout.strip()) / "schema" / "postgresql" / "v12"


def _changed(home, lock):
    stamp = home / "made-from"
    return not stamp.exists() or stamp.read_text(encoding="utf-8") != _sum(lock)


def _stamp(home, lock):
    (home / "made-from").write_text(_sum(lock), encoding="utf-8")


def _sum(lock):
    return hashlib.sha256(lock.read_bytes()).hexdigest()
