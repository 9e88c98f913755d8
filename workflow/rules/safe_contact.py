"""By which ways somebody is reached safely, in the words of a referral and of a command (domain.md 3, R169, R170)."""

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from schemas.referrals.lists import Channel

# As a referral and the vault call them -> as commands and facts do.
WAYS: Mapping[str, str] = MappingProxyType(
    {
        Channel.PHONE: "phone",
        Channel.TEXT_MESSAGE: "text",
        Channel.EMAIL: "email",
        Channel.LETTER: "letter",
        Channel.VISIT: "in_person",
    }
)
WRITTEN = frozenset({"text", "email", "letter"})


def safe_ways(named: Iterable[str], *, do_not_write: bool) -> tuple[str, ...]:
    """The ways of a referral that a wish not to be written to leaves, as facts call them; none named, every way."""
    ways = tuple(WAYS[word] for word in named)
    if not do_not_write:
        return ways
    return tuple(way for way in ways or WAYS.values() if way not in WRITTEN)


def in_referral_words(ways: Iterable[str]) -> tuple[str, ...]:
    """The same ways as the vault keeps them and the notifier reads them."""
    words = {way: word for word, way in WAYS.items()}
    return tuple(str(words[way]) for way in ways)
