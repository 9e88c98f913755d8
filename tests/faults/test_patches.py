"""A patch that takes nothing away would let its control pass for the wrong reason: each must fit the product."""

import asyncio
import sys

import pytest

from tests.faults.patches import PATCHES


@pytest.mark.parametrize("name", PATCHES)
async def test_each_patch_finds_what_it_replaces(name):
    """In a process of its own, since a patch cannot be undone."""
    apply = f"from tests.faults.patches import PATCHES; PATCHES[{name!r}]()"

    process = await asyncio.create_subprocess_exec(sys.executable, "-c", apply)

    assert await process.wait() == 0
