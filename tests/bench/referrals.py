"""Police referrals as bytes, all of different invented people; the same seed gives the same bytes."""

import json
from dataclasses import dataclass
from datetime import timedelta

from deploy.simulate.draw import Draw
from tests.builders.ground import CLOCK
from tests.builders.referrals import a_police_referral

LETTERS = "abcdefghijklmnopqrstuvwxyz"
_TWENTY_YEARS = 7300


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """One record that goes in, and the id by which its receipt is known."""

    number: str
    message_id: str
    key: bytes
    value: bytes


def police_referrals(seed, first, count, agency="derbyshire-police"):
    """So many referrals, counted from `first`: two runs of numbers that do not meet have no person in common."""
    draw = Draw(seed)
    return [_referral(draw, number, agency) for number in range(first, first + count)]


def _referral(draw, number, agency):
    message_id, reference = str(draw.uuid("message", number)), f"IJ-{number:07}"
    body = a_police_referral(
        message_id=message_id,
        agency=agency,
        referrer_reference=reference,
        participant=_person(draw, number) | {"birth_date": _born(draw, number)},
        affected_people=[_affected(draw, number)],
    )
    return Sent(number=str(number), message_id=message_id, key=reference.encode(), value=json.dumps(body).encode())


def _affected(draw, number):
    (person,) = a_police_referral()["affected_people"]
    return person | _person(draw, number, "affected")


def unlike(draw, number, *who):
    """A name and a telephone that hardly anybody shares, so that people are not matched by chance."""
    digits = draw.whole(0, 999_999, "phone", number, *who)
    return {
        "given_name": _name(draw, 6, "given", number, *who),
        "family_name": _name(draw, 9, "family", number, *who),
        "phone": f"07700 {digits:06}",
    }


def _person(draw, number, *who):
    return unlike(draw, number, *who) | {
        "postcode": f"DE{draw.whole(1, 75, 'district', number, *who)} {draw.whole(1, 9, 'sector', number, *who)}ZZ"
    }


def _name(draw, length, *what):
    return "".join(draw.pick(LETTERS, *what, place) for place in range(length)).capitalize()


def _born(draw, number):
    days = draw.whole(0, _TWENTY_YEARS, "born", number)
    return (CLOCK.date().replace(year=1975) + timedelta(days=days)).isoformat()
