"""An agency that sends until it is receipted, and a provider that sends each command once it knows the case."""

import asyncio
import json
from contextlib import suppress

from aiokafka import TopicPartition
from aiokafka.errors import KafkaError

from tests.faults.letters import AGENCY, NOTICES, TENANT, again, lives
from tests.simulation.crew import IDS

AGAIN_S = 3.0


class Senders:
    """Their ledger is what `letters` and `receipts` hold; they are never killed."""

    def __init__(self, world):
        self._world = world
        self.letters, self.receipts = {}, {}
        self.done = False

    async def run(self, count):
        """Live so many lives beside one another."""
        drawn = lives(self._world.seed, count, lambda message: IDS.derive("case", TENANT, AGENCY, message))
        await asyncio.gather(*(self._live(life) for life in drawn))
        self.done = True

    async def _live(self, life):
        loop = self._world.loop
        await asyncio.sleep(loop.random.random() * 5)
        await self._until_receipted(life.referral)
        if loop.random.random() < 0.2:
            await self._put(again(life.referral, f"{life.referral.number}-again"))
        for command in life.commands:
            await asyncio.sleep(loop.random.random() * 2)
            await self._put(command)

    async def _until_receipted(self, letter):
        while not self._receipt(letter):
            await self._put(letter)
            until = self._world.loop.time() + AGAIN_S
            # Invented seconds, and no event to wait for: a sender looks from time to time.
            while not self._receipt(letter) and self._world.loop.time() < until:  # noqa: ASYNC110
                await asyncio.sleep(0.25)

    async def _put(self, letter):
        """Put a record on its topic; a producer tries until the broker has it, and may put it there twice."""
        self.letters[letter.source, letter.number] = letter
        broker = self._world.broker
        partition = sum(letter.key) % 2
        record = (letter.key, letter.value, letter.headers)
        place = TopicPartition(letter.topic, partition)
        while True:
            with suppress(KafkaError):
                await self._world.network.call(
                    broker.service, f"send {letter.number}", lambda: broker.append(place, [record])
                )
                return
            await asyncio.sleep(0.5)

    def _receipt(self, letter):
        """Look for a receipt on the agency's notices."""
        for place, log in self._world.broker.logs.items():
            if place.topic != NOTICES:
                continue
            for record in log:
                if dict(record.headers)["ce_type"].endswith(b"receipt"):
                    receipt = json.loads(record.value)
                    self.receipts.setdefault(receipt["message_id"], receipt["status"])
        return self.receipts.get(letter.message_id)
