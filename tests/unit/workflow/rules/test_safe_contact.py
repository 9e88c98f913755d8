import pytest

from schemas.referrals.lists import Channel
from workflow.rules.safe_contact import in_referral_words, safe_ways


@pytest.mark.parametrize(
    ("named", "do_not_write", "ways"),
    [
        ((), False, ()),
        ((), True, ("phone", "in_person")),
        ((Channel.TEXT_MESSAGE, Channel.VISIT), False, ("text", "in_person")),
        ((Channel.TEXT_MESSAGE, Channel.VISIT), True, ("in_person",)),
        ((Channel.EMAIL,), True, ()),
    ],
)
def test_a_wish_not_to_be_written_to_leaves_the_other_ways(named, do_not_write, ways):
    assert safe_ways(named, do_not_write=do_not_write) == ways


def test_ways_are_sealed_in_the_words_of_a_referral():
    assert in_referral_words(("text", "in_person", "email")) == ("text_message", "visit", "email")
