"""A file of checkpoints as it was kept elsewhere: the newest of each scheme, a line at a time, or what is wrong."""

import tracemalloc
from base64 import b64encode
from uuid import UUID

import orjson
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from deploy.cli.verifying import read_checkpoints
from deploy.local.errors import LocalStackError
from workflow.store.heads import Head, root_over

KEY = Ed25519PrivateKey.from_private_bytes(bytes(32))
PUBLIC = KEY.public_key().public_bytes_raw()
HEAD = Head(UUID(int=1), 3, bytes(32)).packed()
OTHER = Head(UUID(int=2), 1, bytes(32)).packed()


def a_line(tenant="derbyshire", number=1, heads=b"", signed=None, signature=None):
    told = {"format": 2, "tenant": tenant, "number": number, "root": root_over(heads).hex()}
    text = orjson.dumps(told if signed is None else signed)
    parts = {"signed": text.decode(), "signature": (signature or KEY.sign(text)).hex()}
    return orjson.dumps({**parts, "public_key": PUBLIC.hex(), "heads": b64encode(heads).decode()}) + b"\n"


def test_the_newest_of_each_scheme_is_taken_with_the_heads_of_those_before_it(tmp_path):
    file = tmp_path / "checkpoints.jsonl"
    file.write_bytes(a_line(heads=HEAD) + a_line("durham", 7) + a_line(number=2, heads=HEAD + OTHER) + a_line(number=3))

    kept = {one.newest.tenant: (one.newest.number, one.earlier) for one in read_checkpoints(file)}

    assert kept == {"derbyshire": (3, {HEAD, OTHER}), "durham": (7, set())}


def test_an_earlier_one_that_nobody_signed_as_it_stands_is_told_by_its_line(tmp_path):
    file = tmp_path / "checkpoints.jsonl"
    file.write_bytes(a_line("durham") + a_line(heads=HEAD, signature=bytes(64)) + a_line(number=2))

    with pytest.raises(LocalStackError, match="Line 2 of"):
        read_checkpoints(file)


def test_a_long_file_is_never_held_as_a_whole(tmp_path):
    file = tmp_path / "checkpoints.jsonl"
    heads = b"".join(Head(UUID(int=number), 1, bytes(32)).packed() for number in range(500))
    file.write_bytes(b"".join(a_line(number=number, heads=heads) for number in range(100)))
    tracemalloc.start()

    read_checkpoints(file)

    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < file.stat().st_size / 4


@pytest.mark.parametrize("line", [b"", b"{}\n", b"[1]\n", b"1\n", a_line(signed=[]), a_line(signed={"format": None})])
def test_what_is_no_checkpoint_is_told_by_its_line(tmp_path, line):
    file = tmp_path / "checkpoints.jsonl"
    file.write_bytes(line and a_line() + line)

    with pytest.raises(LocalStackError, match=r"Line 2 of|There is no checkpoint in"):
        read_checkpoints(file)
