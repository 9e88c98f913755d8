"""The repository names no machine's folders and no package registry: it must build anywhere, from any mirror."""

import re
from pathlib import Path

import pytest

from tests.rules.tree import files, text_of

# Spelled in pieces, or this file would name what it forbids.
_HOSTS = "|".join(
    ("py" + "pi", "python" + "hosted", "npm" + "js", "ma" + "ven", "go" + "lang", "deb" + "ian", "cra" + "tes")
)
_FOLDERS = "|".join(("wo" + "rk", "fa" + "rm", "ro" + "ot"))
FORBIDDEN = re.compile(rf"https?://[^ \"']*({_HOSTS})|(^|[^A-Za-z0-9_.}}*])/({_FOLDERS})/", re.MULTILINE)
# The name of the POM's schema is an address only by its looks.
NAMESPACE = re.compile(r"https?://[\w.]+/(?:POM/4\.0\.0|xsd/[\w.-]+\.xsd)")


def _named_places(text: str) -> list[str]:
    return [match.group(0) for match in FORBIDDEN.finditer(NAMESPACE.sub("", text))]


def test_no_file_names_a_machine_path_or_a_registry():
    named = {str(path): places for path in files() if (places := _named_places(text_of(path)))}

    assert named == {}


@pytest.mark.parametrize("planted", ["see /wo" + "rk/shared", '"/ro' + 'ot/.cache"', "https://py" + "pi.org/simple"])
def test_a_planted_place_is_found(planted):
    assert _named_places(f"a line\n{planted}\n") != []


def test_the_lock_names_no_host_and_gives_every_package_a_hash():
    lock = text_of(Path("requirements.lock"))

    packages = re.findall(r"^[A-Za-z0-9._-]+==", lock, re.MULTILINE)
    hashed = re.findall(r"^[A-Za-z0-9._-]+==[^\n]*\\\n    --hash=sha256:", lock, re.MULTILINE)

    assert "://" not in lock
    assert "--index-url" not in lock
    assert "--find-links" not in lock
    assert len(packages) == len(hashed) > 0
