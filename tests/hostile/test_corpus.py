"""Each hostile referral gets the answer that stands beside it, by HTTP and by topic, in bounds of memory and time."""

import time
import tracemalloc

import pytest

from streams.codecs import BadRecord, decode_referral
from tests.builders.streams import NOW, PlainIds, a_record, an_organisation
from tests.fakes.portal import a_portal
from tests.hostile.corpus import BRIM, CORPUS, MIB

MOST_MEMORY = 16 * MIB
"""At its peak, for one message of at most 1 MiB and whatever is in it."""
MOST_CPU_S = 1.0
DEAREST = (*BRIM, "never closed", "four hundred thousand levels", "a million digits", "many values")
CHUNK = bytes(64 * 1024)


@pytest.fixture(scope="module")
def portal():
    return a_portal()


@pytest.mark.parametrize("name", CORPUS)
async def test_a_hostile_referral_gets_its_answer_by_http(portal, name):
    hostile, before = CORPUS[name], len(portal.store.kept.cases)

    async with portal.client("derbyshire-police") as police:
        headers = {"Content-Type": "application/json"} | hostile.headers
        answer = await police.post("/api/v1/referrals", content=hostile.body, headers=headers)

    assert answer.status_code == hostile.status, answer.text
    assert len(portal.store.kept.cases) - before == (hostile.status == 202)
    pointers = {problem["pointer"] for problem in answer.json().get("problems", ())}
    assert set(hostile.fields) <= pointers
    assert (hostile.status == 422) == bool(pointers)


@pytest.mark.parametrize("name", CORPUS)
def test_a_hostile_referral_gets_its_answer_by_topic(name):
    hostile = CORPUS[name]

    became, told = _decoded(hostile.body)

    assert became == ("set aside" if hostile.reason else "taken" if hostile.status == 202 else "rejected")
    assert told == hostile.reason if hostile.reason else set(hostile.fields) <= told


@pytest.mark.parametrize("name", DEAREST)
def test_a_hostile_referral_costs_no_more_memory_and_time_than_is_stated(name):
    begun = time.process_time()
    _decoded(CORPUS[name].body)
    spent = time.process_time() - begun
    tracemalloc.start()

    _decoded(CORPUS[name].body)

    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert spent < MOST_CPU_S
    assert peak < MOST_MEMORY, f"{peak / MIB:.0f} MiB"


@pytest.mark.parametrize("path", ["/api/v1/referrals", "/sign-in"])
async def test_no_more_of_a_body_is_read_than_a_message_may_hold(portal, path):
    given = []

    async def endless():
        while len(given) < 1000:
            given.append(1)
            yield CHUNK

    async with portal.client("derbyshire-police") as police:
        kind = {"Content-Type": "application/x-www-form-urlencoded" if path == "/sign-in" else "application/json"}
        answer = await police.post(path, content=endless(), headers=kind)

    assert answer.status_code == 413
    assert len(given) <= MIB // len(CHUNK) + 1


def _decoded(body):
    try:
        request = decode_referral(a_record(body), an_organisation(), NOW, PlainIds())
    except BadRecord as bad:
        return "set aside", bad.reason
    return "rejected" if request.problems else "taken", {problem["pointer"] for problem in request.problems}
