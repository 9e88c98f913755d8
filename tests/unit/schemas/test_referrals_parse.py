import json
from contextlib import suppress

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from schemas.referrals.parse import (
    LARGEST_BODY,
    REMEDIES,
    Unreadable,
    UnreadableReason,
    canonical,
    parse_body,
    slow_canonical,
)
from schemas.referrals.quick import is_sound, quick_canonical
from tests.builders.referrals import a_police_referral


def reason(call, *arguments) -> str:
    with pytest.raises(Unreadable) as caught:
        call(*arguments)
    assert caught.value.__context__ is None
    assert caught.value.remedy == str(caught.value) == REMEDIES[caught.value.reason]
    return caught.value.reason


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        (b"", "not_json"),
        (b"{", "not_json"),
        (b'{"a": 1} x', "not_json"),
        (b"{'a': 1}", "not_json"),
        (b"[]", "not_an_object"),
        (b"7", "not_an_object"),
        (b"null", "not_an_object"),
        (b"\xff\xfe", "not_utf8"),
        (b'{"a": "\xe9"}', "not_utf8"),
        (b'{"a": 1, "a": 2}', "repeated_key"),
        (b'{"b": {"a": 1, "a": 1}}', "repeated_key"),
        (b'{"a": "\\ud800"}', "broken_characters"),
        (b'{"\\udc00": 1}', "broken_characters"),
        (b'{"a": NaN}', "not_a_number"),
        (b'{"a": -Infinity}', "not_a_number"),
        (b'{"a": 1e999}', "number_too_large"),
        (b'{"a": 9007199254740992}', "number_too_large"),
        (b'{"a": -9007199254740992}', "number_too_large"),
        (b'{"a": ' + b"9" * 5000 + b"}", "number_too_large"),
        (b'{"a":' + b"[" * 200_000, "too_deep"),
        (b'{"a":' + b"[" * 33 + b"1" + b"]" * 33 + b"}", "too_deep"),
        (b" " * (LARGEST_BODY + 1), "too_large"),
    ],
)
def test_what_is_no_message_is_refused_with_its_reason(raw, expected):
    assert reason(parse_body, raw) == expected


def test_thirty_two_levels_are_read_and_one_more_is_not():
    within = b'{"a":' + b"[" * 31 + b"1" + b"]" * 31 + b"}"
    beyond = b'{"a":' + b"[" * 32 + b"1" + b"]" * 32 + b"}"

    assert parse_body(within)
    assert reason(parse_body, beyond) == "too_deep"


def test_a_message_is_read_with_or_without_a_byte_order_mark():
    raw = json.dumps(a_police_referral()).encode()

    assert parse_body(raw) == parse_body(b"\xef\xbb\xbf" + raw) == a_police_referral()


def test_numbers_up_to_what_every_reader_keeps_are_read():
    assert parse_body(b'{"a": 9007199254740991, "b": -9007199254740991, "c": 1.5}')["c"] == 1.5


def test_bodies_that_say_the_same_have_one_canonical_form():
    one = parse_body(b'{"b": 1.0, "a": "\\u00e9"}')
    other = parse_body('{ "a":"é",\n"b":1 }'.encode())

    assert canonical(one) == canonical(other) == '{"a":"é","b":1}'.encode()


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (10**30, "number_too_large"),
        pytest.param(10**5000, "number_too_large", id="five thousand digits"),
        (float("nan"), "not_a_number"),
        (float("-inf"), "number_too_large"),
        (1e20, "number_too_large"),
        ("\ud800", "broken_characters"),
        (object(), "not_json"),
        ({1: 2}, "not_json"),
    ],
)
def test_what_has_no_canonical_form_is_refused_and_breaks_nothing(value, expected):
    assert reason(canonical, {"a": [value]}) == expected


def test_depth_without_end_has_no_canonical_form():
    nested: list = []
    for _ in range(5000):
        nested = [nested]

    assert reason(canonical, {"a": nested}) == "too_deep"


def test_every_reason_has_a_remedy():
    assert set(REMEDIES) == set(UnreadableReason)


@settings(deadline=None)
@given(st.binary(max_size=200))
def test_no_bytes_raise_anything_but_unreadable(raw):
    with suppress(Unreadable):
        assert isinstance(parse_body(raw), dict)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
)


@settings(deadline=None)
@given(st.dictionaries(st.text(), json_values, max_size=4))
def test_what_can_be_read_has_a_canonical_form_that_reads_the_same(body):
    raw = json.dumps(body).encode("utf-8", "surrogatepass")

    try:
        read = parse_body(raw)
    except Unreadable:
        return

    assert canonical(parse_body(canonical(read))) == canonical(read)


@settings(deadline=None)
@given(st.dictionaries(st.text(), json_values, max_size=4))
@example({"whole": [1.0, -0.0, 53.0]})
@example({"whole": 53.0})
@example({"small": 0.000001, "smaller": -1.5e-7})
@example({"text": "1.0, e-mail :1e5"})
@example({"\U0001f600": 1, "\uffff": 2, "tab\t": '\x7f\u2028\x00/"\\\\'})
def test_the_quick_canonical_form_is_the_slow_one(body):
    try:
        slow = slow_canonical(body)
    except Unreadable:
        slow = None

    assert quick_canonical(body) in {None, slow}
    assert is_sound(body) is (slow is not None)


@pytest.mark.parametrize("raw", [b'{"a": 1, "a": 1}', b'{"a": {"b": 1, "b" :2}}'])
def test_a_repeated_key_is_found_before_the_quick_way_could_miss_it(raw):
    assert reason(parse_body, raw) == "repeated_key"


def test_an_ordinary_message_takes_the_quick_way():
    body = a_police_referral()

    assert is_sound(body)
    assert quick_canonical(body) == slow_canonical(body)


def test_what_no_parser_returns_is_left_to_the_slow_way():
    assert quick_canonical({"a": (1, 2)}) is None
    assert not is_sound([{}])
