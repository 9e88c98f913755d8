"""A plain Faust agent that writes each value it is given to a file and raises once: what Faust's own path does."""

import sys
from pathlib import Path

import faust

RAISES_AT = "3"
TOPIC = "plain-inputs"


def create_app(bootstrap, folder):
    """The app, its agent, and a mark on disk that it has raised."""
    app = faust.App(
        "plain-agent",
        broker=f"aiokafka://{bootstrap}",
        store="memory://",
        datadir=folder / "faust",
        autodiscover=False,
        topic_disable_leader=True,
        topic_allow_declare=False,
        web_enabled=False,
        worker_redirect_stdouts=False,
    )
    mark, effects = folder / "raised", folder / "effects"

    async def agent(stream):
        async for value in stream:
            if value.decode() == RAISES_AT and not mark.exists():
                mark.touch()
                raise OSError("the database was away for a moment")
            with effects.open("a", encoding="utf-8") as file:
                file.write(value.decode() + "\n")

    app.agent(app.topic(TOPIC, value_type=bytes, value_serializer="raw", internal=False))(agent)
    return app


if __name__ == "__main__":
    faust.Worker(create_app(sys.argv[1], Path(sys.argv[2])), loglevel="INFO").execute_from_commandline()
