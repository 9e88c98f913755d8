"""A file of checkpoints as it was kept elsewhere: the newest of each scheme, a line at a time, or what is wrong."""

import tracemalloc
from base64 import b64encode

import orjson
import pytest

from deploy.cli.verifying import newest_checkpoints
from deploy.local.errors import LocalStackError


def a_line(tenant="derbyshire", number=1, heads=b"", signed=None):
    told = {"format": 2, "tenant": tenant, "number": number, "root": ""} if signed is None else signed
    signed_part = {"signed": orjson.dumps(told).decode(), "signature": "", "public_key": ""}
    return orjson.dumps({**signed_part, "heads": b64encode(heads).decode()}) + b"\n"


def test_the_newest_of_each_scheme_is_taken(tmp_path):
    file = tmp_path / "checkpoints.jsonl"
    file.write_bytes(a_line(number=1) + a_line("durham", 7) + a_line(number=2))

    assert [(one.tenant, one.number) for one in newest_checkpoints(file)] == [("derbyshire", 2), ("durham", 7)]


def test_a_long_file_is_never_held_as_a_whole(tmp_path):
    file = tmp_path / "checkpoints.jsonl"
    file.write_bytes(b"".join(a_line(number=number, heads=bytes(100_000)) for number in range(100)))
    tracemalloc.start()

    newest_checkpoints(file)

    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < file.stat().st_size / 4


@pytest.mark.parametrize("line", [b"", b"{}\n", b"[1]\n", b"1\n", a_line(signed=[]), a_line(signed={"format": None})])
def test_what_is_no_checkpoint_is_told_by_its_line(tmp_path, line):
    file = tmp_path / "checkpoints.jsonl"
    file.write_bytes(line and a_line() + line)

    with pytest.raises(LocalStackError, match=r"Line 2 of|There is no checkpoint in"):
        newest_checkpoints(file)
