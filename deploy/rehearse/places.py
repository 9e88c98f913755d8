"""YAML with its lines: where in a file each value stands, so that a mistake can be found again."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

Place = tuple[int | str, ...]
BOOLEAN = "tag:yaml.org,2002:bool"
MOMENT = "tag:yaml.org,2002:timestamp"


class ScenarioError(Exception):
    """A scenario file that cannot be played; each problem names where and the remedy."""

    def __init__(self, name: str, problems: tuple[str, ...]) -> None:
        """Name the file and its problems."""
        super().__init__("; ".join((f"{name} cannot be played", *problems)))
        self.name = name
        self.problems = problems


class Loader(yaml.SafeLoader):
    """YAML in which only true and false are booleans: `on` and `no` are words, as a limitation's `on:` needs."""

    def construct_yaml_timestamp(self, node: yaml.ScalarNode) -> Any:
        """Return a date; one that cannot be stays text, and is judged where it stands."""
        try:
            return super().construct_yaml_timestamp(node)
        except ValueError:
            return node.value


Loader.add_constructor(MOMENT, Loader.construct_yaml_timestamp)
# Resolvers are listed by the first letter of what they read; the inherited lists are not ours to change.
Loader.yaml_implicit_resolvers = {
    first: [pair for pair in pairs if pair[0] != BOOLEAN or first in "tTfF"]
    for first, pairs in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def read_yaml(path: Path) -> tuple[object, Mapping[Place, int], list[tuple[Place, str]]]:
    """Return what a file holds, the line of each place, and keys that stand twice; ScenarioError if it is no YAML."""
    try:
        text = path.read_text(encoding="utf-8")
        raw = yaml.load(text, Loader)  # noqa: S506 - a SafeLoader
        walked = list(_walk(yaml.compose(text, Loader), ()))
    except OSError as error:
        raise ScenarioError(str(path), (f"the file cannot be read: {error.strerror}",)) from error
    except UnicodeDecodeError as error:
        raise ScenarioError(path.name, ("it is not UTF-8 text",)) from error
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f"line {mark.line + 1}: " if mark else ""
        raise ScenarioError(path.name, (f"{where}it is not YAML: {getattr(error, 'problem', error)}",)) from error
    except ValueError as error:  # a number that Python does not take
        raise ScenarioError(path.name, (f"a value in it cannot be: {error}",)) from error
    except RecursionError:
        raise ScenarioError(path.name, ("it is nested too deep",)) from None
    lines: dict[Place, int] = {}
    twice: list[tuple[Place, str]] = []
    for place, line in walked:
        if place in lines:
            twice.append((place, f"it stands here twice, in line {lines[place]} and in line {line}; keep one"))
        lines[place] = line
    return raw, lines, twice


def lines_of(lines: Mapping[Place, int], place: Place) -> int:
    """Return the line of a place, or of the nearest part around it."""
    return next((lines[place[:length]] for length in range(len(place), -1, -1) if place[:length] in lines), 1)


def _walk(node: yaml.Node | None, place: Place) -> Iterator[tuple[Place, int]]:
    if node is None:
        return
    if not place:
        yield (), node.start_mark.line + 1
    parts: list[tuple[int | str, yaml.Node, yaml.Node]] = []
    if isinstance(node, yaml.MappingNode):
        parts = [(str(key.value), key, value) for key, value in node.value]
    elif isinstance(node, yaml.SequenceNode):
        parts = [(number, value, value) for number, value in enumerate(node.value)]
    for name, start, value in parts:
        yield (*place, name), start.start_mark.line + 1
        yield from _walk(value, (*place, name))
