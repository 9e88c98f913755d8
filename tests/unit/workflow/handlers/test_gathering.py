"""Which facts a command gets to see."""

from dataclasses import replace

from schemas import commands as c
from tests.builders import cases as b
from tests.builders.offices import BOOK, TENANT, an_office
from workflow.handlers.gathering import gather

THEIRS = replace(b.a_scheduled_case(), id=b.OTHER_CASE_ID, participant=b.AFFECTED)


async def gathered(ground, case, command):
    async with ground.store.work(TENANT) as work:
        return await gather(work, BOOK, case, command, b.an_actor())


async def test_a_booking_sees_where_those_will_be_whom_the_participant_must_not_meet():
    _, ground = await an_office()
    mine = b.a_case_with_plan()
    ground.store.kept.cases |= {(TENANT, case.id): case for case in (mine, THEIRS)}
    slot = next(name for _, name in ground.store.kept.slots)

    nobody = await gathered(ground, mine, c.BookSession(slot=slot))
    ground.store.kept.apart = {(TENANT, mine.participant, THEIRS.participant)}
    somebody = await gathered(ground, mine, c.BookSession(slot=slot))

    assert (nobody.must_not_meet, nobody.avoided) == (frozenset(), ())
    assert (somebody.must_not_meet, somebody.avoided) == ({THEIRS.id}, THEIRS.sessions)


async def test_a_command_that_needs_nothing_sealed_sees_nothing_sealed():
    _, ground = await an_office()

    facts = await gathered(ground, b.an_accepted_case(), c.AssessRisk(level="low"))

    assert (facts.birth_date, dict(facts.origins), dict(facts.slots)) == (None, {}, {})
