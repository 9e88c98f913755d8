"""The generator: sends letters, keeps a ledger on disk, and sends again until receipted, as a sender should."""

import asyncio
import json
from contextlib import asynccontextmanager, suppress

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer

from deploy.simulate.ledger import Ledger, Sending
from tests.faults.letters import NOTICES, NOW

AGAIN_S = 4.0
AT_ONCE = 8
LARGEST = 8 * 1024 * 1024
# Commands are sent once, so a producer must not give one up while the broker is away.
OUTLASTS_MS = 180_000


class Senders:
    """One agency and one provider. `letters` holds every distinct sending that the ledger has."""

    def __init__(self, producer, ledger):
        self._producer = producer
        self.ledger = ledger
        self.letters = {}
        self.forms = None  # where referrals are sent by HTTP, if they are
        self._receipts = {}
        self._came = asyncio.Condition()
        self._places = asyncio.Semaphore(AT_ONCE)

    def note(self, letter):
        """Note a letter in the ledger, on disk, before anything leaves."""
        self.letters[letter.source, letter.number] = letter
        one = Sending(source=letter.source, number=letter.number, message_id=letter.message_id, at=NOW)
        self.ledger.sending(one)

    async def send(self, letter):
        """Note a letter, and put its record on the topic."""
        self.note(letter)
        await self.put(letter)

    async def put(self, letter):
        """Put a record on its topic: the first time, or once more."""
        await self._producer.send_and_wait(letter.topic, letter.value, key=letter.key, headers=letter.headers)

    async def send_until_receipted(self, letter):
        """Send, and send the same again, until the receipt is there."""
        await self.send(letter)
        while not await self._receipt(letter):
            await self.put(letter)

    async def live(self, life):
        """A referral until its receipt, then its commands; they are sent once, since nobody receipts them."""
        async with self._places:
            await self.refer(life.referral)
            for command in life.commands:
                await self.send(command)

    async def refer(self, letter):
        """A referral until its receipt: by HTTP where there are forms, else by its topic."""
        if self.forms is None:
            await self.send_until_receipted(letter)
            return
        self.note(letter)
        self.ledger.receipted(letter.source, letter.number, await self.forms.receipt(letter))

    async def live_all(self, lives, pace_s=0.0):
        """All lives, one begun every `pace_s`."""
        tasks = []
        try:
            for life in lives:
                tasks.append(asyncio.create_task(self.live(life)))
                await asyncio.sleep(pace_s)
            await asyncio.gather(*tasks)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _receipt(self, letter):
        if self.ledger.status(letter.source, letter.number):
            return True
        with suppress(TimeoutError):
            async with self._came, asyncio.timeout(AGAIN_S):
                await self._came.wait_for(lambda: letter.message_id in self._receipts)
            self.ledger.receipted(letter.source, letter.number, self._receipts[letter.message_id])
            return True
        return False

    async def listen(self, consumer):
        """Read the agency's notices, and note each receipt."""
        async for record in consumer:
            if dict(record.headers)["ce_type"].endswith(b"receipt"):
                receipt = json.loads(record.value)
                async with self._came:
                    self._receipts.setdefault(receipt["message_id"], receipt["status"])
                    self._came.notify_all()


@asynccontextmanager
async def opened_senders(bootstrap, path):
    """Senders with a ledger in a file."""
    producer = AIOKafkaProducer(
        bootstrap_servers=bootstrap,
        acks="all",
        enable_idempotence=True,
        max_request_size=LARGEST,
        request_timeout_ms=OUTLASTS_MS,
    )
    consumer = AIOKafkaConsumer(NOTICES, bootstrap_servers=bootstrap, auto_offset_reset="earliest")
    async with producer, consumer:
        with Ledger(path) as ledger:
            senders = Senders(producer, ledger)
            listening = asyncio.create_task(senders.listen(consumer))
            try:
                yield senders
            finally:
                listening.cancel()
                await asyncio.gather(listening, return_exceptions=True)
