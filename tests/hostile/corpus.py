"""Hostile referrals as data: the bytes, the answer by HTTP, and what becomes of them by topic."""

import gzip
import json
from dataclasses import dataclass, field, replace

from tests.builders.referrals import a_police_referral
from tests.fakes.portal_ports import an_id

MIB = 1024 * 1024
OVERRIDE, ZERO_WIDTH = "\u202e", "\u200b"


@dataclass(frozen=True, kw_only=True)
class Hostile:
    """One message. `fields` are the pointers that a rejection names; by topic `reason` tells what is set aside."""

    body: bytes
    status: int
    fields: tuple[str, ...] = ()
    reason: str | None = None
    headers: dict[str, str] = field(default_factory=dict)


def unread(body, reason, status=400, **headers):
    """What is no message: refused by HTTP, and set aside by topic."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Hostile(body=body, status=status, reason=reason, headers=named)


def rejected(*fields, **changes):
    """A message that breaks the contract in these fields; by topic its sender gets a receipt that names them."""
    return Hostile(body=spelled(a_police_referral(**changes)), status=422, fields=fields)


def taken(**changes):
    """What is unusual and right, each under an id of its own."""
    named = {"message_id": str(an_id(json.dumps(changes)))}
    return Hostile(body=spelled(a_police_referral(**named, **changes)), status=202)


def spelled(body):
    """As bytes; half a pair is spelled as an escape, as a careless sender spells it."""
    return json.dumps(body).encode()


def with_text(body, name, text):
    """The message with raw JSON in place of one field's value."""
    return spelled(body | {name: "@@"}).replace(b'"@@"', text)


def with_nulls(value):
    """The same message with a null character at the end of every text in it."""
    if isinstance(value, dict):
        return {name: with_nulls(one) for name, one in value.items()}
    if isinstance(value, list):
        return [with_nulls(one) for one in value]
    return value + "\0" if isinstance(value, str) else value


def filled(part):
    """The rest of a message: one field more, which fills it to what a message may hold."""
    return b', "x": [' + part * ((MIB - 6000) // len(part)) + b"0]}"


def _nested(levels):
    return b'{"a":' + b"[" * levels + b"]" * levels + b"}"


RIGHT = a_police_referral()
PEOPLE = RIGHT["affected_people"][0]
UNREAD = {
    "nothing": unread(b"", "not_json"),
    "half of a message": unread(spelled(RIGHT)[:-40], "not_json"),
    "a list": unread(b"[]", "not_an_object"),
    "other letters": unread(json.dumps(RIGHT).encode("utf-16"), "not_utf8"),
    "overlong UTF-8": unread(b'{"a":"\xc0\x80"}', "not_utf8"),
    "UTF-8 of half a pair": unread(b'{"a":"\xed\xa0\x80"}', "not_utf8"),
    "half a pair": unread(spelled(RIGHT | {"unit": "\ud800"}), "broken_characters"),
    "half a pair in a name": unread(spelled(RIGHT | {"\udfff": 1}), "broken_characters"),
    "a key twice": unread(spelled(RIGHT)[:-1] + b', "door": "no_crime"}', "repeated_key"),
    "a key twice deep inside": unread(with_text(RIGHT, "thrive", b'{"harm": "a", "harm": "b"}'), "repeated_key"),
    "no number": unread(with_text(RIGHT, "repeat", b"NaN"), "not_a_number"),
    "infinity": unread(with_text(RIGHT, "repeat", b"-Infinity"), "not_a_number"),
    "1e999": unread(with_text(RIGHT, "repeat", b"1e999"), "number_too_large"),
    "five thousand digits": unread(with_text(RIGHT, "repeat", b"1" + b"0" * 5000), "number_too_large"),
    "a million digits": unread(with_text(RIGHT, "repeat", b"7" * 1_000_000), "number_too_large"),
    "a hundred levels": unread(_nested(100), "too_deep"),
    "four hundred thousand levels": unread(_nested(400_000), "too_deep"),
    "never closed": unread(b'{"a":' * 150_000, "too_deep"),
    "five megabytes": unread(spelled(RIGHT | {"unit": "x" * 5 * MIB}), "too_large", 413),
    "a million small things": unread(b'{"a":[' + b"0," * 2 * MIB + b"0]}", "too_large", 413),
    "gzip": unread(gzip.compress(spelled(RIGHT)), "not_utf8", 415, Content_Encoding="gzip"),
    "a gzip bomb": unread(gzip.compress(bytes(64 * MIB)), "not_utf8", 415, Content_Encoding="gzip"),
    "gzip of gzip": unread(
        gzip.compress(gzip.compress(bytes(64 * MIB))), "not_utf8", 415, Content_Encoding="gzip, gzip"
    ),
    "a form": unread(b"participant=Corin", "not_json", 415, Content_Type="application/x-www-form-urlencoded"),
    "XML with entities": unread(b'<!DOCTYPE a [<!ENTITY b "bb">]><a>&b;</a>', "not_json", 415, Content_Type="text/xml"),
}
REJECTED = {
    "a number for a text": rejected("/unit", unit=10**15),
    "minutes without end": rejected("/authorisation/minutes", authorisation={"minutes": 2**53 - 1}),
    "minutes below nothing": rejected("/authorisation/minutes", authorisation={"minutes": -1}),
    "a wrong zone": rejected("/sent_at", sent_at="2026-03-02T09:30:00+25:00"),
    "a named zone": rejected("/sent_at", sent_at="2026-03-02T09:30:00 Europe/London"),
    "no zone": rejected("/sent_at", sent_at="2026-03-02T09:30:00"),
    "a second that is none": rejected("/sent_at", sent_at="2026-03-02T09:30:61+00:00"),
    "the year one": rejected("/behaviour/from", behaviour={"from": "0001-01-01T00:00:00+14:00"}),
    "the last year": rejected("/participant/birth_date", participant={"birth_date": "9999-12-31"}),
    "the year five digits long": rejected("/participant/birth_date", participant={"birth_date": "99999-01-01"}),
    "a day that is none": rejected("/participant/birth_date", participant={"birth_date": "2001-02-29"}),
    "a name too long": rejected("/participant/given_name", participant={"given_name": "Corin" * 50}),
    "a name of nothing": rejected("/participant/given_name", participant={"given_name": " \u2003\t "}),
    "a story too long": rejected("/behaviour/description", behaviour={"description": "\U0001f525" * 4001}),
    "a slug of other letters": replace(rejected("/agency", agency="derbyshire-pol\u0456ce"), reason="wrong_sender"),
    "a door of other letters": rejected("/door", door="n\u043e_crime"),
    "digits of other letters": rejected(
        "/participant/phone", participant={"phone": "\u0660\u0667\u0667\u0660\u0660 900123"}
    ),
    "too many people": rejected(
        "/affected_people", affected_people=[PEOPLE | {"reference": f"ap-{n}"} for n in range(900)]
    ),
    "nulls in every text": Hostile(
        body=spelled(with_nulls(RIGHT) | {"message_id": RIGHT["message_id"], "agency": RIGHT["agency"]}), status=422
    ),
}
REJECTED["many values"] = rejected("/x", x=[{}] * 19_000)
TAKEN = {
    "fire in a name": taken(participant={"given_name": "\U0001f525\U0001f468\u200d\U0001f469\u200d\U0001f467"}),
    "a name read from the other side": taken(participant={"given_name": f"{OVERRIDE}niroC"}),
    "a name of look-alikes": taken(participant={"family_name": "T\u0430zewell"}),
    "a name of accents": taken(participant={"given_name": "Z" + "\u0301" * 150}),
    "a name that is markup": taken(participant={"given_name": "<script>alert(1)</script>"}),
    "a name that is SQL": taken(participant={"family_name": "'; DROP TABLE cases; --"}),
    "a name that is a template": taken(participant={"given_name": "{{ 7 * 7 }}${7*7}%s"}),
    "letters of no width": taken(unit=f"Der{ZERO_WIDTH}by"),
    "the farthest zone": taken(sent_at="2026-03-02T23:29:59+14:00"),
}
BRIM = {
    f"filled with {name}": unread(spelled(RIGHT)[:-1] + filled(part), "too_many_values")
    for name, part in {"zeros": b"0,", "lists": b"[],", "objects": b"{},", "pairs": b'{"":0},'}.items()
}
"""As large as a message may be, and nothing but small values, each of which costs far more than its two bytes."""
CORPUS = {**BRIM, **UNREAD, **REJECTED, **TAKEN}
