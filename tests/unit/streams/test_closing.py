import asyncio

import pytest

from streams.closing import put_away


class Client:
    """A Kafka client whose stopping is what the test says."""

    def __init__(self, stopping):
        self.stop = stopping


async def test_a_client_that_is_cancelled_from_within_does_not_end_who_puts_it_away():
    async def stop():
        inner = asyncio.ensure_future(asyncio.Event().wait())
        inner.cancel()
        await inner

    await put_away(Client(stop))


async def test_a_client_that_fails_to_stop_is_put_away_all_the_same():
    async def stop():
        raise OSError

    await put_away(Client(stop))


async def test_a_client_that_never_stops_is_left_after_a_while():
    cancelled = asyncio.Event()

    async def stop():
        try:
            await asyncio.Event().wait()
        finally:
            cancelled.set()

    await put_away(Client(stop), 0.01)

    await asyncio.wait_for(cancelled.wait(), 1)


async def test_whoever_is_cancelled_meanwhile_hears_of_it():
    asked = asyncio.Event()

    async def stop():
        asked.set()
        await asyncio.Event().wait()

    putting_away = asyncio.create_task(put_away(Client(stop)))
    await asked.wait()
    putting_away.cancel()

    with pytest.raises(asyncio.CancelledError):
        await putting_away
