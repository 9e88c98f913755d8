"""The scenario files by name, and those that show a fault that is known and not mended yet."""

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

import pytest

FILES = MappingProxyType({path.stem: path for path in sorted(Path(__file__).parent.glob("*.yaml"))})
# name -> what the engine does not do yet; the test fails as soon as it does
KNOWN_FAULTS: Mapping[str, str] = MappingProxyType({})


def params() -> list[object]:
    """Every file as a parameter of a test."""
    return [pytest.param(path, id=name, marks=_marks(name)) for name, path in FILES.items()]


def _marks(name: str) -> tuple[pytest.MarkDecorator, ...]:
    return (pytest.mark.xfail(reason=KNOWN_FAULTS[name], strict=True),) if name in KNOWN_FAULTS else ()
