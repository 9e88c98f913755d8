from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from tests.builders.kept_cases import an_id
from workflow.store.merkle import EMPTY, leaf, root_of

LEAVES = st.lists(st.binary(min_size=32, max_size=32), max_size=20, unique=True)


@given(LEAVES)
def test_the_root_of_each_longer_log_is_another(leaves):
    roots = [root_of(leaves[:size]) for size in range(len(leaves) + 1)]

    assert roots[0] == EMPTY
    assert len(set(roots)) == len(roots)


@given(LEAVES)
def test_the_order_of_leaves_counts(leaves):
    for at, (one, other) in enumerate(pairwise(leaves)):
        swapped = [*leaves[:at], other, one, *leaves[at + 2 :]]

        assert root_of(swapped) != root_of(leaves)


def test_a_leaf_tells_case_sequence_and_hash_apart():
    one = leaf(an_id("a"), 1, bytes(32))

    assert (
        len({one, leaf(an_id("b"), 1, bytes(32)), leaf(an_id("a"), 2, bytes(32)), leaf(an_id("a"), 1, b"1" * 32)}) == 4
    )
