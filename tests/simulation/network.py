"""Calls between processes: they take a while, overtake one another, and get lost before or after they took effect."""

from contextvars import Context

from tests.simulation.loop import RUNNING


class Service:
    """A database or a broker: whether it answers, and what its clients see when it does not."""

    def __init__(self, name, gone):
        self.name = name
        self.gone = gone
        self.down = False


class Network:
    """Carries calls; `loss` is the share of calls that fail on the way, `slowest` their longest delay in seconds."""

    def __init__(self, loop, *, loss, slowest, told):
        self._loop = loop
        self._random = loop.random
        self._loss, self._slowest = loss, slowest
        self._told = told

    async def call(self, service, what, act, *, unsure=None):
        """Have `act` done by a service and return what it returned; after `unsure` nobody knows whether it was done.

        What a process had sent is done although it is frozen or dead by then, as often as not.
        """
        return await self.send(service, what, act, unsure=unsure)

    def send(self, service, what, act, *, unsure=None):
        """Send without waiting; the future is the answer."""
        client = RUNNING.get()
        future = self._loop.create_future()
        if client.dead:
            return future
        delay = self._random.random() ** 3 * self._slowest
        self._loop.call_later(delay, self._serve, (service, what, client, act, unsure), future, context=Context())
        return future

    def _serve(self, asked, future):
        service, what, client, act, unsure = asked
        if client.dead and self._random.random() < 0.5:
            return
        lost = not client.dead and self._random.random() < self._loss
        before = service.down or (lost and self._random.random() < 0.5)
        if service.down or lost:
            self._tell(client, what, "lost" if before else "done, answer lost")
        if before:
            error = unsure if unsure and not service.down and self._random.random() < 0.5 else service.gone
            _answer(future, error=error(what))
            return
        try:
            value = act()
        except Exception as error:  # noqa: BLE001 - it is the answer
            self._tell(client, what, type(error).__name__)
            _answer(future, error=error)
            return
        self._tell(client, what, "ok")
        if lost:
            _answer(future, error=(unsure or service.gone)(what))
        else:
            _answer(future, value=value)

    def _tell(self, client, what, how):
        self._told(f"{client} {what}: {how}")


def _answer(future, *, value=None, error=None):
    if future.done():
        return
    if error is not None:
        future.set_exception(error)
    else:
        future.set_result(value)


def at_once(coroutine):
    """Run a coroutine that waits for nothing to its end."""
    try:
        coroutine.send(None)
    except StopIteration as end:
        return end.value
    raise AssertionError("a fake waits for something")


class Remote:
    """A port on the far side of the network: each of its methods is a call."""

    def __init__(self, network, service, port, unsure=None):
        self._network, self._service, self._port, self._unsure = network, service, port, unsure or {}

    def __getattr__(self, name):
        method = getattr(self._port, name)

        async def far(*args, **kwargs):
            what = f"{type(self._port).__name__}.{name}"
            act = lambda: at_once(method(*args, **kwargs))  # noqa: E731 - the call as a value
            return await self._network.call(self._service, what, act, unsure=self._unsure.get(name))

        return far
