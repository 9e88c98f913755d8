"""What every contract model shares: frozen, and strict about keys when we are spoken to."""

from pydantic import BaseModel, ConfigDict


class Strict(BaseModel):
    """A request: unknown keys are refused, because a misspelt key is a lost instruction."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Tolerant(BaseModel):
    """A fact read from a topic: unknown keys are passed over, because newer writers know more."""

    model_config = ConfigDict(frozen=True, extra="ignore")
