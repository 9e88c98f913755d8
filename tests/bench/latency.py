"""How long a referrer waits for the receipt at a stated load, counted from when the referral was due to be sent."""

import asyncio
import json
import math

from aiokafka import AIOKafkaConsumer, TopicPartition

NOTICES = "notices.police.derbyshire-police"
MOST_S = 30.0


async def latencies(engine, producer, referrals, *, per_s, bootstrap):
    """Send so many a second whatever comes back, and return the seconds from each due time to its receipt.

    A sender that falls behind does not move the due times: a wait that we caused ourselves counts too.
    """
    place = TopicPartition(NOTICES, 0)
    async with AIOKafkaConsumer(bootstrap_servers=bootstrap, fetch_max_wait_ms=20) as consumer:
        consumer.assign([place])
        await consumer.seek_to_end(place)
        reading = asyncio.create_task(_receipts(consumer, {one.message_id for one in referrals}))
        due = await _send_on_time(engine, producer, referrals, per_s)
        seen = await asyncio.wait_for(reading, MOST_S)
    return [seen[message_id] - at for message_id, at in due.items()]


async def _send_on_time(engine, producer, referrals, per_s):
    clock = asyncio.get_running_loop().time
    start = clock() + 1 / per_s
    due = {one.message_id: start + number / per_s for number, one in enumerate(referrals)}
    engine.sent += len(referrals)
    for one in referrals:
        await asyncio.sleep(due[one.message_id] - clock())
        await engine.send(producer, one)
    return due


async def _receipts(consumer, wanted):
    """The instant at which the receipt of each message was read."""
    clock = asyncio.get_running_loop().time
    seen = {}
    while wanted - seen.keys():
        for records in (await consumer.getmany(timeout_ms=100)).values():
            found = [json.loads(record.value).get("message_id") for record in records]
            seen |= {message_id: clock() for message_id in found if message_id in wanted}
    return seen


def percentile(values, share):
    """The smallest value that at least this share of all do not exceed (nearest rank)."""
    ranked = sorted(values)
    return ranked[max(0, math.ceil(share * len(ranked)) - 1)]
