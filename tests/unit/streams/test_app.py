"""Faust hosts the crew, and does not keep it waiting."""

from contextlib import asynccontextmanager

from streams.app import create_app
from tests.builders.streams import some_settings


@asynccontextmanager
async def nobody():
    yield {}


def test_the_crew_starts_before_all_that_waits_for_the_boards_group(tmp_path):
    app = create_app(some_settings(folder=tmp_path), nobody)

    first, *others = app.on_init_dependencies()

    assert type(first).__name__ == "Crew"
    assert app.consumer in others
