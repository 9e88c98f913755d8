"""The worker's host: Faust runs the service tree, the sensors and the shutdown; the records take our own path.

Faust's agents commit past what they have not finished (engine.md section 4), so nothing that matters is an agent. The
one that is here reads what nobody waits for, since Faust does not start without an agent.
"""

import logging
from collections.abc import Awaitable, Callable, Iterable, Mapping
from contextlib import AbstractAsyncContextManager, AsyncExitStack
from typing import Any

import faust
from faust.types.auth import SASLMechanism
from mode import Service
from mode.types import ServiceT

from schemas import topics
from streams.settings import ExactlyOnceRefusedError, StreamSettings

Run = Callable[[], Awaitable[None]]
OpenCrew = Callable[[], AbstractAsyncContextManager[Mapping[str, Run]]]


def create_app(settings: StreamSettings, open_crew: OpenCrew) -> faust.App:
    """Return the app that hosts a crew: everything that runs until the worker stops."""
    if settings.processing_guarantee != "at_least_once":
        raise ExactlyOnceRefusedError(settings.processing_guarantee)
    settings.data_folder.mkdir(parents=True, exist_ok=True)
    # The lifecycle tables' library tells every step of every move at INFO, several lines a fact.
    logging.getLogger("transitions").setLevel(logging.WARNING)
    app = _Host(
        f"{settings.group}-host",
        broker=[f"aiokafka://{address}" for address in settings.bootstrap.split(",")],
        store="memory://",
        datadir=settings.data_folder,
        autodiscover=False,
        topic_disable_leader=True,
        topic_allow_declare=False,
        table_standby_replicas=0,
        broker_session_timeout=settings.session_timeout_ms / 1000,
        broker_heartbeat_interval=settings.heartbeat_ms / 1000,
        web_enabled=settings.web_port is not None,
        web_port=settings.web_port or 6066,
        web_bind="127.0.0.1",
        worker_redirect_stdouts=False,
        **_signing_in(settings.connection()),
    )
    app.crew = _crew_service(open_crew)
    _keep_faust_content(app)
    return app


class _Host(faust.App):
    """Starts its crew with itself: Faust's own services wait until the board's group has met, which a kill delays."""

    crew: type[Service]

    def on_init_dependencies(self) -> Iterable[ServiceT]:
        """Return Faust's services, the crew before them."""
        return (self.crew(beacon=self.beacon), *super().on_init_dependencies())


def _crew_service(open_crew: OpenCrew) -> type[Service]:
    class Crew(Service):
        """Starts the crew with the app; the end of one of them is the end of the worker."""

        async def on_start(self) -> None:
            self._open = AsyncExitStack()
            runs = await self._open.enter_async_context(open_crew())
            for name, run in runs.items():
                self.add_future(self._run(name, run))

        async def _run(self, name: str, run: Run) -> None:
            await run()
            if not self.should_stop:
                raise RuntimeError(f"{name} came to an end")

        async def on_shutdown(self) -> None:
            await self._open.aclose()

    return Crew


def _keep_faust_content(app: faust.App) -> None:
    """Give Faust the agent without which it does not start, on the topic to which least comes."""

    async def idle(stream: Any) -> None:
        async for _ in stream:
            pass

    checkpoints = app.topic(topics.AUDIT_CHECKPOINTS, value_type=bytes, value_serializer="raw", internal=False)
    app.agent(checkpoints, name="idle")(idle)


def _signing_in(client: Mapping[str, Any]) -> dict[str, Any]:
    """Return Faust's way of saying how aiokafka's clients sign in."""
    if "sasl_plain_username" not in client:
        secured = client.get("ssl_context")
        return {"broker_credentials": faust.SSLCredentials(context=secured)} if secured else {}
    credentials = faust.SASLCredentials(
        username=client["sasl_plain_username"],
        password=client.get("sasl_plain_password"),
        ssl_context=client.get("ssl_context"),
        mechanism=SASLMechanism(client.get("sasl_mechanism", "PLAIN")),
    )
    return {"broker_credentials": credentials}
