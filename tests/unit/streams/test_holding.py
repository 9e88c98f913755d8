import pytest
from aiokafka import TopicPartition

from streams.holding import Holding

PLACE = TopicPartition("notices.participant", 0)


class Consumer:
    """A log that begins at 0 and is said to end at 6."""

    def __init__(self):
        self.sought, self.paused = [], []

    async def beginning_offsets(self, places):
        return dict.fromkeys(places, 0)

    async def end_offsets(self, places):
        return dict.fromkeys(places, 6)

    def seek(self, place, position):
        self.sought.append(position)

    def pause(self, place):
        self.paused.append(place)


class At:
    """SQL has read all partitions up to 9."""

    async def positions(self, cluster, wanted):
        return dict.fromkeys(wanted, 9)


def a_holding(*, reaches, ends_are_true=False):
    async def asked(place, position):
        return reaches

    holding = Holding(*(At(), "a-cluster", lambda: 0.0, lambda _: None), reaches=asked, ends_are_true=ends_are_true)
    holding.on_partitions_assigned([PLACE])
    return holding


async def test_an_end_told_short_of_what_was_read_is_not_believed():
    holding, consumer = a_holding(reaches=True), Consumer()

    await holding.settle(consumer)

    assert consumer.sought == [9]
    assert holding.incidents == {}


async def test_a_log_that_does_not_reach_the_position_is_an_incident():
    holding, consumer = a_holding(reaches=False), Consumer()

    await holding.settle(consumer)

    assert consumer.paused == [PLACE]
    assert [(one.position, one.end) for one in holding.incidents.values()] == [(9, 6)]


@pytest.mark.parametrize(("ends_are_true", "incidents"), [(True, 1), (False, 0)])
async def test_while_reading_only_a_broker_that_tells_true_ends_can_show_a_position_beyond(ends_are_true, incidents):
    holding = a_holding(reaches=True, ends_are_true=ends_are_true)
    await holding.settle(Consumer())

    holding.lags({PLACE: 6}, holding.positions_now())

    assert len(holding.incidents) == incidents
