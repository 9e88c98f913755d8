"""Three Kafka brokers as plain processes: every topic three times, a record acknowledged when two have it."""

import asyncio
import os
import shutil
import signal
from pathlib import Path

from deploy.local.kafka import KafkaBroker, find_kafka, new_cluster_id
from deploy.local.ports import HOST

NODES = 3
REPLICATED = ("offsets.topic", "transaction.state.log", "share.coordinator.state.topic")


class Node(KafkaBroker):
    """One of the three, broker and controller in one."""

    def __init__(self, number, cluster, home):
        super().__init__(
            folder=home.kafka / str(number),
            lib=find_kafka(),
            log_path=home.log(f"kafka-{number}"),
            pid_path=home.run / f"kafka-{number}.pid",
        )
        self.number, self._cluster = number, cluster

    def _lines(self):
        """Those of a single broker, and what makes it one of three."""
        voters = ",".join(f"{one.number}@{HOST}:{one.controller_port}" for one in self._cluster.nodes)
        return {
            **super()._lines(),
            "node.id": str(self.number),
            "controller.quorum.voters": voters,
            "min.insync.replicas": "2",
            **{f"{topic}.replication.factor": str(NODES) for topic in REPLICATED},
            **{f"{topic}.min.isr": "2" for topic in REPLICATED[1:]},
        }

    def _cluster_to_be(self):
        """All three are formatted with one id, at first and when an empty one takes the place of a lost one."""
        return self._cluster.formatted_with

    def freeze(self):
        """SIGSTOP."""
        os.kill(self._process.pid, signal.SIGSTOP)

    def wake(self):
        """SIGCONT."""
        os.kill(self._process.pid, signal.SIGCONT)

    async def lose(self):
        """kill -9, and everything it kept is gone."""
        await self.kill()
        await asyncio.to_thread(shutil.rmtree, Path(self._folder))


class KafkaCluster:
    """Looks from outside like one broker with three addresses."""

    def __init__(self, home):
        self.nodes = tuple(Node(number, self, home) for number in range(1, NODES + 1))
        self.formatted_with = new_cluster_id()

    @property
    def bootstrap(self):
        """The addresses of all three, whether they run or not."""
        return ",".join(node.bootstrap for node in self.nodes)

    @property
    def cluster_id(self):
        """The id of the cluster."""
        return self.formatted_with

    async def start(self):
        """Start those that do not run; one alone would wait for the others for ever."""
        await asyncio.gather(*(node.start() for node in self.nodes))

    async def kill(self):
        """SIGKILL to all; also to one that is frozen."""
        await asyncio.gather(*(node.kill() for node in self.nodes))
