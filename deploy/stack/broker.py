"""The stack's broker: an embedded one that forgets everything at each start, or a Kafka that the settings name."""

from collections.abc import Mapping
from typing import Any, Protocol

from aiokafka.errors import KafkaError

from deploy.local.broker_probe import cluster_id
from deploy.local.errors import LocalStackError
from deploy.local.home import Home
from deploy.local.tansu import TansuBroker
from deploy.settings import KafkaSettings
from streams import settings as streams


class Broker(Protocol):
    """A broker that the stack can start, end and address. Starting a running one does nothing."""

    @property
    def running(self) -> bool:
        """Whether it runs, as far as that is ours to know."""
        ...

    def settings(self) -> KafkaSettings:
        """Return how worker and commands find it now."""
        ...

    def client_options(self) -> Mapping[str, Any]:
        """Return the options with which aiokafka's clients connect now."""
        ...

    async def start(self) -> None:
        """Start it and wait until it answers."""
        ...

    async def stop(self) -> None:
        """Stop it cleanly."""
        ...

    async def kill(self) -> None:
        """SIGKILL."""
        ...


class EmbeddedBroker(TansuBroker):
    """Tansu in the home: a new port and an empty log at every start."""

    def __init__(self, home: Home) -> None:
        super().__init__(log_path=home.log("broker"), pid_path=home.run / "broker.pid")

    def settings(self) -> KafkaSettings:
        """Return how worker and commands find it now."""
        return KafkaSettings(bootstrap=self.bootstrap, broker=streams.Broker.TANSU)


class OthersBroker:
    """A Kafka that somebody else runs."""

    running = True

    def __init__(self, named: KafkaSettings) -> None:
        self._named = named

    def settings(self) -> KafkaSettings:
        """Return what the settings say."""
        return self._named

    def client_options(self) -> Mapping[str, Any]:
        """Return the options with which aiokafka's clients connect."""
        return {"bootstrap_servers": self._named.bootstrap, **self._named.options}

    async def start(self) -> None:
        """Make sure that it answers. Raises LocalStackError."""
        await check_answers(self.client_options())

    async def stop(self) -> None:
        """Leave it alone."""

    async def kill(self) -> None:
        """Refuse: it is not ours to kill."""
        raise LocalStackError("The settings name a broker of somebody else's; it is not ours to kill.")


async def check_answers(client: Mapping[str, Any]) -> None:
    """Return when the broker answers, else raise LocalStackError with what to look at."""
    try:
        found = await cluster_id(client)
    except (KafkaError, OSError):
        found = None
    if found is None:
        where = client.get("bootstrap_servers")
        raise LocalStackError(
            f"No broker answers on {where}. Check AMENDS_KAFKA__BOOTSTRAP and AMENDS_KAFKA__OPTIONS, and that it runs."
        )
