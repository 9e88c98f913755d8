"""Strategies for what may stand in a message: JSON of every kind, broken texts, right messages a little spoiled."""

import json

from hypothesis import strategies as st

TEXTS = st.text(st.characters(exclude_categories=()), max_size=12) | st.sampled_from(
    ["", "\0", "\ud800", "\u202eabc", "NaN", "1e999", "0001-01-01T00:00:00+14:00", "\U0001f525", "../..", "{{7*7}}"]
)
NUMBERS = st.integers() | st.floats() | st.sampled_from([2**63, -(2**63), 10**400, 1e308, -0.0])
VALUES = st.recursive(
    st.none() | st.booleans() | NUMBERS | TEXTS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4),
    max_leaves=12,
)


def spelled(value):
    """A value as bytes, as a careless sender writes them."""
    return json.dumps(value).encode()


BYTES = st.binary(max_size=200) | VALUES.map(spelled)


def either(refusal, call, *given, **named):
    """What a call returns, or how it refuses; any other error is a fault."""
    try:
        return call(*given, **named), None
    except refusal as refused:
        return None, refused


def places(body, at=()):
    """Every place in a message, by the steps that lead there."""
    inner = body.items() if isinstance(body, dict) else enumerate(body) if isinstance(body, list) else ()
    for step, value in inner:
        yield (*at, step)
        yield from places(value, (*at, step))


def spoiled(body):
    """The same message with another value at one of its places; an empty one has none."""
    found = sorted(places(body), key=str)
    return st.builds(_with, st.just(body), st.sampled_from(found), VALUES) if found else st.just(body)


def _with(body, place, value):
    step, *rest = place
    inner = _with(body[step], rest, value) if rest else value
    if isinstance(body, list):
        return [inner if number == step else one for number, one in enumerate(body)]
    return body | {step: inner}
