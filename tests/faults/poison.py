"""Records that can never be taken, between records that can."""

import json
from random import Random
from uuid import UUID

from deploy.rehearse.defaults import referral_body
from schemas.vocabulary import AgencyKind
from tests.faults.causing import sending
from tests.faults.letters import NOW, a_letter, again

QUARANTINED = frozenset({"quarantined"})
FIVE_MB = 5 * 1024 * 1024


async def poisoned(scene):
    """Poison on the agency's topic among sound referrals; then a command whose handler always raises."""
    await scene.workers.start("one")
    lives = scene.lives(8)
    async with sending(scene, lives[:4]):
        for letter in _poison(Random(scene.seed)):
            await scene.senders.send(letter)
    await scene.rests()
    for letter in _commands(Random(scene.seed), lives[0].commands[3]):
        await scene.senders.send(letter)
    async with sending(scene, lives[4:]):
        pass


def _poison(drawn):
    """Broken JSON, no JSON, null, 5 MB, a wrong schema, and a sound referral whose handler always raises."""
    broken = {
        "broken-json": b'{"message_id": ',
        "not-utf8": bytes(drawn.randrange(128, 256) for _ in range(200)),
        "null": None,
        "5-mb": json.dumps({"description": "x" * FIVE_MB}).encode(),
    }
    letters = [a_letter(number, value, becomes=QUARANTINED) for number, value in broken.items()]
    for number, changes, becomes in (
        ("wrong-schema", {"basis": "no_such_basis"}, frozenset({"rejected"})),
        ("raises-1", {}, QUARANTINED),
    ):
        message = str(UUID(int=drawn.getrandbits(128), version=4))
        body = referral_body(AgencyKind.POLICE, number, {"message_id": message, **changes}, NOW)
        letters.append(a_letter(number, body, message_id=message, becomes=becomes, effect=None))
    drawn.shuffle(letters)
    return letters


def _commands(drawn, sound):
    """A command that always fails parks its case, and what comes after it for the case waits."""
    for number, becomes in (("raises-2", QUARANTINED), ("waits-1", frozenset({"parked"}))):
        message = str(UUID(int=drawn.getrandbits(128), version=4))
        body = {**json.loads(sound.value), "message_id": message}
        value = json.dumps(body).encode()
        yield again(sound, number, message_id=message, value=value, becomes=becomes)
