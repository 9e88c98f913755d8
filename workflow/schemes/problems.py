"""What is wrong with a policy: where, what, and the nearest word that would have been right."""

import difflib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, get_args, get_origin

from pydantic import BaseModel, ValidationError

LocationPart = int | str


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One thing wrong: a dotted path, a plain sentence, and the nearest known word if one is near."""

    path: str
    message: str
    nearest: str | None = None

    def __str__(self) -> str:
        hint = f" (did you mean {self.nearest}?)" if self.nearest else ""
        return f"{self.path}: {self.message}{hint}" if self.path else f"{self.message}{hint}"


class SchemeError(Exception):
    """A policy that cannot be used, with every problem found."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("; ".join(str(problem) for problem in self.problems))


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The known word nearest to this one, if any is near."""
    return next(iter(difflib.get_close_matches(word, tuple(known), n=1, cutoff=0.5)), None)


def dotted(location: Sequence[LocationPart]) -> str:
    """The path as people write it; pydantic marks a wrong key of a table with [key], which says nothing here."""
    return ".".join(str(part) for part in location if part != "[key]")


def explain(error: ValidationError, model: type[BaseModel]) -> tuple[Problem, ...]:
    """Pydantic's findings as problems of a policy."""
    return tuple(_problem(found, model) for found in error.errors(include_url=False))


def _problem(found: Mapping[str, Any], model: type[BaseModel]) -> Problem:
    location: tuple[LocationPart, ...] = found["loc"]
    path = dotted(location)
    if found["type"] == "extra_forbidden":
        known = _fields_at(model, location[:-1])
        return Problem(path=path, message="unknown key", nearest=nearest(str(location[-1]), known))
    if found["type"] in {"enum", "literal_error"}:
        known = tuple(re.findall(r"'([^']*)'", found["ctx"]["expected"]))
        message = f"not one of {', '.join(known)}"
        return Problem(path=path, message=message, nearest=nearest(str(found["input"]), known))
    return Problem(path=path, message=found["msg"].removeprefix("Value error, "))


def _fields_at(model: type[BaseModel], location: Sequence[LocationPart]) -> tuple[str, ...]:
    """The keys known to the model that stands at a location."""
    here: Any = model
    for part in location:
        here = _inside(here, part)
    return tuple(here.model_fields) if _is_model(here) else ()


def _inside(annotation: Any, part: LocationPart) -> Any:
    """The type of a field of a model, or of an entry of a list or a table."""
    if _is_model(annotation):
        field = annotation.model_fields.get(str(part))
        return field.annotation if field else None
    inner = [argument for argument in get_args(annotation) if argument is not Ellipsis]
    return inner[-1] if get_origin(annotation) in {tuple, dict} else None


def _is_model(annotation: Any) -> bool:
    return isinstance(annotation, type) and issubclass(annotation, BaseModel)
