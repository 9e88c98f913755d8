from tests.builders.kept_cases import an_id
from workflow.store.heads import SIZE, Head, each, root_over, version_of
from workflow.store.merkle import EMPTY


def test_a_head_is_read_back_from_its_bytes():
    head = Head(an_id("a"), 3, b"h" * 32)

    assert Head.unpacked(head.packed()) == head
    assert (len(head.packed()), version_of(head.packed())) == (SIZE, 3)


def test_the_root_tells_case_version_and_hash_apart():
    one = Head(an_id("a"), 1, bytes(32))
    others = (one._replace(case_id=an_id("b")), one._replace(version=2), one._replace(hash=b"1" * 32))

    roots = {root_over(head.packed()) for head in (one, *others)}

    assert len({EMPTY, root_over(b""), *roots}) == 5


def test_many_heads_are_told_apart():
    heads = [Head(an_id(name), number, bytes(32)) for number, name in enumerate("abc", start=1)]
    packed = b"".join(head.packed() for head in heads)

    assert list(map(Head.unpacked, each(packed))) == heads
    assert root_over(packed) != root_over(packed[:-SIZE])
