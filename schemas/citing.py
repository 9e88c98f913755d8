"""What a docstring says without where it was read: sources are for those who read the code."""

import re
from collections.abc import Mapping
from typing import Any

_KEY = r"(?:[A-Z]+-\d{4}|R\d{1,3}[a-z]?)"
_CITATION = re.compile(rf"\s*\((?:[^()]*(?:domain\.md|contracts section|engine\.md)[^()]*|{_KEY}(?:, {_KEY})*)\)")
_SAID = frozenset({"description", "title"})


def without_citations(text: str) -> str:
    """Return the text without its bracketed citations: "within a day (domain.md 6.2, R121)." -> "within a day."."""
    return _CITATION.sub("", text)


def plainly(document: Any) -> Any:
    """Return a JSON document with no citation in what it says of its parts; a field of that name is kept as it is."""
    if isinstance(document, Mapping):
        return {
            name: without_citations(value) if name in _SAID and isinstance(value, str) else plainly(value)
            for name, value in document.items()
        }
    return [plainly(one) for one in document] if isinstance(document, list | tuple) else document
