import asyncio
import threading
from contextlib import suppress

from tests.fakes.portal_ports import FakeAccounts
from workflow.portal import signing_in
from workflow.portal.signing_in import LocalSignIn


async def test_forty_people_who_sign_in_at_once_do_not_take_all_cores(monkeypatch):
    met, meeting = [], threading.Barrier(2)

    def hashes(*_):
        with suppress(threading.BrokenBarrierError):
            met.append(meeting.wait(timeout=0.05))
        return False

    monkeypatch.setattr(signing_in, "_verify", hashes)
    door = LocalSignIn(FakeAccounts())

    answers = await asyncio.gather(*(door.sign_in(f"worker-{number}", "a word") for number in range(4)))

    assert answers == [None] * 4
    assert met == []
