from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

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


@given(LEAVES)
def test_what_is_in_the_middle_of_a_tree_passes_for_no_leaf(leaves):
    roots = {root_of([leaf(left), leaf(right)]) for left, right in pairwise(leaves)}

    assert roots.isdisjoint(leaf(left + right) for left, right in pairwise(leaves))
