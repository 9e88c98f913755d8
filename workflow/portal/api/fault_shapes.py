"""Faults as the API answers them, as shapes for its document."""

from typing import Any

from pydantic import BaseModel


class FieldProblem(BaseModel):
    """One thing that is wrong: where, what, and the remedy; never the value."""

    pointer: str
    code: str
    message: str


class Problem(BaseModel):
    """A fault as RFC 9457 has it. `refusal`, `rule`, `remedy` and `facts` are there when the rules said no."""

    type: str
    title: str
    status: int
    code: str
    detail: str | None = None
    problems: list[FieldProblem] = []
    refusal: str | None = None
    rule: str | None = None
    remedy: str | None = None
    facts: dict[str, Any] = {}
    version: int | None = None
    receipt: dict[str, Any] = {}
    reason: str | None = None
    correlation: str | None = None
