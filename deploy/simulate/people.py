"""Invented people. Names are composed from word lists that no register holds; Ofcom keeps 07700 900xxx for drama."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from types import MappingProxyType

from deploy.simulate.draw import Draw
from schemas.referrals.lists import Ethnicity

FIRST = (
    "Orl",
    "Tams",
    "Bryn",
    "Cass",
    "Dor",
    "Elw",
    "Fenn",
    "Gaw",
    "Hesk",
    "Ishb",
    "Jorr",
    "Kels",
    "Lorc",
    "Merr",
    "Nyss",
)
LAST = ("ibeth", "orin", "elda", "avan", "ythe", "imund", "osia", "urick", "ennis", "olwen", "abry", "ettle", "iffin")
TOWN = (
    "Quen",
    "Thistle",
    "Harrow",
    "Oxen",
    "Wither",
    "Larkin",
    "Penny",
    "Silver",
    "Crump",
    "Brindle",
    "Mallow",
    "Fother",
)
END = ("thorpe", "whit", "garth", "bourne", "quist", "sedge", "combe", "lowick", "hampney", "dyke", "ringham", "stowe")
STREET = ("Quillberry", "Fennimore", "Larkholm", "Osiers", "Tumbrel", "Harebell", "Wickerwork", "Saltpan", "Cobnut")
WAY = ("Row", "Court", "Gardens", "Terrace", "Close", "Lane")
INWARD = "ABDEFGHJLNPQRSTUWXYZ"
DAYS_A_YEAR = 365.25
# Adults by district; children by the area whose youth justice service answers for them (domain.md 13.28).
CITY: Mapping[str, str] = MappingProxyType({"derbyshire": "E06000015", "durham": "E06000047"})
COUNTY: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "derbyshire": tuple(f"E070000{number}" for number in range(32, 40)),
        "durham": ("E06000005", "E06000001", "E06000004"),
    }
)
COUNTY_OF_CHILDREN: Mapping[str, str] = MappingProxyType({"derbyshire": "E10000007", "durham": "E06000005"})
OUTWARD: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {"derbyshire": ("DE1", "DE21", "DE22", "DE23", "DE24", "S40"), "durham": ("DH1", "DH2", "DL1", "DL5", "SR8")}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody who does not exist."""

    given_name: str
    family_name: str
    birth_date: date
    phone: str
    email: str
    address: str
    postcode: str
    area_code: str
    ethnicity: str
    sex: str
    disability: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Who is wanted: `who` names the person within the seed, everything else about him or her follows."""

    who: tuple[object, ...]
    age: int
    on: date
    scheme: str
    in_county: bool = False


def invented(draw: Draw, asked: Asked) -> Person:
    """Return the person; the same question always has the same answer."""
    who = asked.who
    given, family = draw.pick(FIRST, "first", *who) + draw.pick(LAST, "last", *who), family_name(draw, *who)
    number = draw.whole(0, 999, "phone", *who)
    house, street = draw.whole(1, 180, "house", *who), draw.pick(STREET, "street", *who)
    return Person(
        given_name=given,
        family_name=family,
        birth_date=birth_date(draw, asked),
        phone=f"07700 900{number:03}",
        email=f"{given}.{family}{number}@example.org".lower(),
        address=f"{house} {street} {draw.pick(WAY, 'way', *who)}",
        postcode=_postcode(draw, asked),
        area_code=_area_code(draw, asked),
        ethnicity=draw.pick(tuple(Ethnicity), "ethnicity", *who).value,
        sex=draw.weighted({"male": 7, "female": 3, "not_stated": 0.3}, "sex", *who),
        disability=draw.weighted({"no": 8, "yes": 2, "not_stated": 1}, "disability", *who),
    )


def family_name(draw: Draw, *who: object) -> str:
    """Return the family name alone."""
    return draw.pick(TOWN, "town", *who) + draw.pick(END, "end", *who)


def birth_date(draw: Draw, asked: Asked) -> date:
    """Return a birth date that gives this age on that day and for five months after it."""
    return asked.on - timedelta(days=round(DAYS_A_YEAR * asked.age) + draw.whole(30, 200, "born", *asked.who))


def _postcode(draw: Draw, asked: Asked) -> str:
    inward = "".join(draw.pick(INWARD, f"inward{place}", *asked.who) for place in range(2))
    outward = draw.pick(OUTWARD.get(asked.scheme, ("ZE1",)), "outward", *asked.who)
    return f"{outward} {draw.whole(1, 9, 'sector', *asked.who)}{inward}"


def _area_code(draw: Draw, asked: Asked) -> str:
    if not asked.in_county:
        return CITY[asked.scheme]
    if asked.age < 18:  # noqa: PLR2004 - of age
        return COUNTY_OF_CHILDREN[asked.scheme]
    return draw.pick(COUNTY[asked.scheme], "district", *asked.who)
