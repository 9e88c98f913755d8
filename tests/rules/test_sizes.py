"""Files and functions stay small enough to be read whole; a stop is passed only with the reason beside it."""

from pathlib import Path

from tests.rules.tree import PACKAGES, ROOT, files, functions, text_of

LONGEST_FILE = 300
LONGEST_FUNCTION = 30
LONGEST_TEST = 40

# path -> why it may be longer
LONG_FILES: dict[str, str] = {}
# path:function -> why it may be longer
LONG_FUNCTIONS: dict[str, str] = {}


def _length(path: Path) -> int:
    return len(text_of(path).splitlines())


def _too_long(folders: tuple[str, ...], limit: int) -> dict[str, int]:
    every = (found for path in files(*folders, suffix=".py") for found in functions(path))
    return {name: lines for name, lines in every if lines > limit}


def test_no_file_is_longer_than_the_stop():
    long = {
        str(path): _length(path) for path in files(*PACKAGES, "tests", suffix=".py") if _length(path) > LONGEST_FILE
    }

    assert {name: lines for name, lines in long.items() if name not in LONG_FILES} == {}


def test_no_function_is_longer_than_the_stop():
    long = _too_long(PACKAGES, LONGEST_FUNCTION)

    assert {name: lines for name, lines in long.items() if name not in LONG_FUNCTIONS} == {}


def test_no_test_is_longer_than_the_stop():
    long = _too_long(("tests",), LONGEST_TEST)

    assert {name: lines for name, lines in long.items() if name not in LONG_FUNCTIONS} == {}


def test_every_exception_has_a_reason_and_is_still_needed():
    long_functions = _too_long(PACKAGES, LONGEST_FUNCTION) | _too_long(("tests",), LONGEST_TEST)

    assert all((LONG_FILES | LONG_FUNCTIONS).values())
    assert [name for name in LONG_FILES if not (ROOT / name).exists() or _length(Path(name)) <= LONGEST_FILE] == []
    assert [name for name in LONG_FUNCTIONS if name not in long_functions] == []


def test_a_function_is_measured_without_its_docstring(tmp_path):
    module = tmp_path / "measured.py"
    module.write_text('def three():\n    """Says\n    much."""\n    a = 1\n\n    return a\n')

    assert [lines for _, lines in functions(module)] == [3]
