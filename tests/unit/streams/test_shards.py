from streams.shards import HeldShards


class Leases:
    """Leases that somebody else may have taken."""

    def __init__(self):
        self.others = set()
        self.epochs = {}
        self.asked = 0

    async def take(self, names, holder, seconds):
        self.asked += 1
        mine = [name for name in names if name not in self.others]
        return {name: self.epochs.setdefault(name, 1) for name in mine}

    async def release(self, names, holder):
        self.others |= set(names)


class Hands:
    def __init__(self):
        self.at = 0.0
        self.leases = Leases()
        self.shards = HeldShards("relay", self.leases, "me", 10.0, (0, 1), lambda: self.at)


async def test_shards_are_held_by_epoch_and_asked_for_again_only_after_a_third_of_the_lease():
    hands = Hands()

    first = await hands.shards.held()
    hands.at = 2.0
    await hands.shards.held()

    assert first == {0: 1, 1: 1}
    assert hands.leases.asked == 1


async def test_a_process_that_was_stopped_beyond_its_lease_is_not_sure_of_any_shard():
    hands = Hands()
    await hands.shards.held()

    hands.at = 8.0

    assert not hands.shards.still(0, 1)


async def test_a_shard_that_changed_hands_is_not_held():
    hands = Hands()
    await hands.shards.held()
    hands.leases.others.add("relay:1")

    hands.at = 4.0

    assert await hands.shards.held() == {0: 1}
    assert not hands.shards.still(1, 1)
