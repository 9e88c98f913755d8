"""The common shape of a fact about one case: tokens and coarse values only, never personal data."""

from typing import ClassVar

from schemas.base import Tolerant


class CaseEvent(Tolerant):
    """A fact about one case. Its number, times, state before and after travel in the envelope."""

    wire: ClassVar[str]
    version: ClassVar[int] = 0
