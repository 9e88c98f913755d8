"""Rules that tie fields together, judged on whatever part of a message can be read.

They look at the message as sent and not at the model, so that a fault of form in one part hides no fault of sense
in another. Times are moments with an offset, dates are calendar days, amounts are minutes.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from types import MappingProxyType
from typing import Final, TypeVar

from pydantic import TypeAdapter, ValidationError

from schemas.problems import Place, Problem, problem_at
from schemas.referrals import Referral
from schemas.referrals.core import Condition
from schemas.referrals.fields import Day, Minutes, Moment
from schemas.vocabulary import Basis, Door, LimitationKind, Purpose

CLOCKS_APART: Final = timedelta(minutes=5)
"""How far a sender's clock may run ahead of ours before what it says counts as the future."""

LOOKED_AT: Final = 50
"""Entries of a list that are judged; a longer list is refused for its length anyway."""

BASES: Final[Mapping[Door, frozenset[Basis]]] = MappingProxyType(
    {
        Door.CRIME_OOCR: frozenset(
            {
                Basis.COMMUNITY_RESOLUTION,
                Basis.OUTCOME_22,
                Basis.OUTCOME_23,
                Basis.ADULT_CONDITIONAL_CAUTION,
                Basis.YOUTH_CONDITIONAL_CAUTION,
                Basis.YOUTH_CAUTION,
                Basis.DEFERRED_PROSECUTION,
            }
        ),
        Door.NO_CRIME: frozenset(
            {
                Basis.ABC,
                Basis.CPW,
                Basis.TENANCY_WARNING,
                Basis.SECOND_ASB_LETTER,
                Basis.HOUSING_REFERRAL,
            }
        ),
    }
)
CRIME_DOOR_ONLY: Final = ("offence_code", "outcome_code", "pnc_id", "urn", "occurrence_number", "disposal_at")
PAST_MOMENTS: Final[tuple[Place, ...]] = (
    ("sent_at",),
    ("reported_at",),
    ("police_decided_at",),
    ("disposal_at",),
    ("behaviour", "from"),
    ("behaviour", "to"),
    ("limitation", "decided_at"),
    ("responsibility", "at"),
    ("clearance", "at"),
)
AFTER_THE_BEHAVIOUR: Final[tuple[Place, ...]] = (("reported_at",), ("police_decided_at",), ("disposal_at",))

OWN_NAMES: Final[Mapping[str, str]] = MappingProxyType({"from": "began_at", "to": "ended_at"})
"""Fields whose names on the wire no model may use."""

_MOMENT: TypeAdapter[datetime] = TypeAdapter(Moment)
_DAY: TypeAdapter[date] = TypeAdapter(Day)
_MINUTES: TypeAdapter[int] = TypeAdapter(Minutes)
_CONDITION: TypeAdapter[Condition] = TypeAdapter(Condition)
_DOOR: TypeAdapter[Door] = TypeAdapter(Door)
_BASIS: TypeAdapter[Basis] = TypeAdapter(Basis)
_LIMITATION: TypeAdapter[LimitationKind] = TypeAdapter(LimitationKind)
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """A message as sent and when it came; what cannot be read is simply not there."""

    body: Mapping[str, object]
    received_at: datetime

    def value(self, place: Place) -> object:
        """Return what stands at a place, or None."""
        found: object = self.body
        for step in place:
            found = _step_into(found, step)
        return found

    def read(self, adapter: TypeAdapter[_T], place: Place) -> _T | None:
        """Return what stands at a place if it is of that kind, or None."""
        try:
            return adapter.validate_python(self.value(place))
        except ValidationError:
            return None

    def entries(self, name: str, field: str) -> Iterator[Place]:
        """Yield the place of one field in each entry of a list."""
        found = self.value((name,))
        for index in range(min(len(found), LOOKED_AT) if isinstance(found, list | tuple) else 0):
            yield (name, index, field)


@dataclass(frozen=True, slots=True, kw_only=True)
class Formed(Sent):
    """The same of a message that has become a model: what stands in it is of its kind and need not be read again."""

    referral: Referral

    def value(self, place: Place) -> object:
        """Return what stands at a place, or None."""
        found: object = self.referral
        for step in place:
            found = found[step] if isinstance(step, int) else getattr(found, OWN_NAMES.get(step, step), None)  # type: ignore[index]
        return found

    def read(self, adapter: TypeAdapter[_T], place: Place) -> _T | None:  # noqa: ARG002 - the model has its kind
        """Return what stands at a place, or None."""
        return self.value(place)  # type: ignore[return-value]


def _step_into(found: object, step: str | int) -> object:
    if isinstance(step, str):
        return found.get(step) if isinstance(found, Mapping) else None
    return found[step] if isinstance(found, Sequence) else None


def forbidden_on_this_door(sent: Sent) -> Iterator[Problem]:
    """Refuse by name what only a crime has; the door decides, not the agency (domain.md 13.14)."""
    if sent.read(_DOOR, ("door",)) is not Door.NO_CRIME:
        return
    for name in CRIME_DOOR_ONLY:
        if sent.value((name,)) is not None:
            yield problem_at((name,), "forbidden_on_this_door", "{field} belongs to the crime door; take it out.")


def in_the_future(sent: Sent) -> Iterator[Problem]:
    """Refuse moments that have not been yet."""
    for place in (*PAST_MOMENTS, *sent.entries("consents", "at")):
        moment = sent.read(_MOMENT, place)
        if moment is not None and moment > sent.received_at + CLOCKS_APART:
            yield problem_at(place, "in_the_future", "{field} lies in the future; correct the date or the offset.")


def born_in_the_future(sent: Sent) -> Iterator[Problem]:
    """Refuse birth dates that have not been yet."""
    for place in (("participant", "birth_date"), *sent.entries("affected_people", "birth_date")):
        born = sent.read(_DAY, place)
        if born is not None and born > sent.received_at.date():
            yield problem_at(place, "in_the_future", "{field} lies in the future; correct the date.")


def born_after_the_behaviour(sent: Sent) -> Iterator[Problem]:
    """Refuse a participant who was not yet born."""
    place: Place = ("participant", "birth_date")
    born, began = sent.read(_DAY, place), sent.read(_MOMENT, ("behaviour", "from"))
    if born is not None and began is not None and born > began.date():
        yield problem_at(place, "born_after_behaviour", "{field} is after the behaviour; correct whichever is wrong.")


def ended_before_it_began(sent: Sent) -> Iterator[Problem]:
    """Refuse behaviour whose end lies before its beginning."""
    began, ended = sent.read(_MOMENT, ("behaviour", "from")), sent.read(_MOMENT, ("behaviour", "to"))
    if began is not None and ended is not None and ended < began:
        yield problem_at(("behaviour", "to"), "ends_before_it_begins", "{field} is before behaviour.from; correct one.")


def before_the_behaviour(sent: Sent) -> Iterator[Problem]:
    """Refuse what answers the behaviour but is dated before it."""
    began = sent.read(_MOMENT, ("behaviour", "from"))
    for place in AFTER_THE_BEHAVIOUR:
        moment = sent.read(_MOMENT, place)
        if began is not None and moment is not None and moment < began:
            yield problem_at(place, "before_the_behaviour", "{field} is before behaviour.from; correct one of them.")


def basis_of_the_other_door(sent: Sent) -> Iterator[Problem]:
    """Refuse a basis that its door does not have (contracts section 8)."""
    door, basis = sent.read(_DOOR, ("door",)), sent.read(_BASIS, ("basis",))
    if door is not None and basis is not None and basis not in BASES[door]:
        known = ", ".join(sorted(BASES[door]))
        yield problem_at(("basis",), "basis_of_other_door", f"{{field}} does not go with this door; use {known}.")


def limitation_and_its_date(sent: Sent) -> Iterator[Problem]:
    """Refuse `date` without a date and `none` with one; `summary_only` may wait for it (domain.md 13.2)."""
    place: Place = ("limitation", "on")
    kind, on = sent.read(_LIMITATION, ("limitation", "kind")), sent.value(place)
    if kind is LimitationKind.DATE and on is None:
        yield problem_at(place, "limitation_date_missing", "{field} is missing; add the date, which is never derived.")
    if kind is LimitationKind.NONE and on is not None:
        yield problem_at(
            place, "limitation_date_unexpected", "{field} does not go with kind none; correct one of them."
        )


def conditions_and_their_sum(sent: Sent) -> Iterator[Problem]:
    """Refuse conditions whose minutes of reparation are not the authorised minutes (contracts section 8)."""
    minutes, conditions = sent.read(_MINUTES, ("authorisation", "minutes")), _conditions(sent)
    if minutes is None or not conditions:
        return
    if sum(one.minutes for one in conditions if one.purpose is Purpose.REPARATION) != minutes:
        sentence = "{field} do not sum to authorisation.minutes in those for reparation; correct one of them."
        yield problem_at(("authorisation", "conditions"), "conditions_do_not_sum", sentence)


def _conditions(sent: Sent) -> tuple[Condition, ...]:
    """Return the conditions, or none of them if one cannot be read: a sum of some would say nothing."""
    sent_conditions = sent.value(("authorisation", "conditions"))
    if not isinstance(sent_conditions, list | tuple) or len(sent_conditions) > LOOKED_AT:
        return ()
    places: list[Place] = [("authorisation", "conditions", index) for index in range(len(sent_conditions))]
    read = tuple(sent.read(_CONDITION, place) for place in places)
    return tuple(one for one in read if one is not None) if None not in read else ()


def to_be_done_before_sent(sent: Sent) -> Iterator[Problem]:
    """Refuse a day of completion before the day of sending."""
    place: Place = ("authorisation", "complete_by")
    by, at = sent.read(_DAY, place), sent.read(_MOMENT, ("sent_at",))
    if by is not None and at is not None and by < at.date():
        yield problem_at(place, "complete_by_past", "{field} is before sent_at; give a day that is still to come.")


def half_a_point(sent: Sent) -> Iterator[Problem]:
    """Refuse a longitude without a latitude and the reverse."""
    place: Place = ("behaviour", "place")
    for one, other in (("longitude", "latitude"), ("latitude", "longitude")):
        if sent.value((*place, one)) is None and sent.value((*place, other)) is not None:
            yield problem_at((*place, one), "half_a_point", f"{{field}} is missing; add it or take out the {other}.")


def repeated_reference(sent: Sent) -> Iterator[Problem]:
    """Refuse two affected people with one reference."""
    seen: set[str] = set()
    for place in sent.entries("affected_people", "reference"):
        reference = sent.value(place)
        if isinstance(reference, str) and reference.strip() in seen:
            yield problem_at(place, "repeated_reference", "{field} is used twice; give each affected person his own.")
        seen.update({reference.strip()} if isinstance(reference, str) else ())


RULES: Final[tuple[Callable[[Sent], Iterator[Problem]], ...]] = (
    in_the_future,
    born_in_the_future,
    born_after_the_behaviour,
    ended_before_it_began,
    before_the_behaviour,
    basis_of_the_other_door,
    limitation_and_its_date,
    conditions_and_their_sum,
    to_be_done_before_sent,
    half_a_point,
    repeated_reference,
)
