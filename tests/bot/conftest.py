"""Real parts for the tests of the bot: bus, engine, history, and a simulated Discord around them."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from bot.history.database import Database
from bot.history.jobs import Jobs
from bot.history.picture_store import PictureStore
from bot.limits import BotLimits
from tests.bot.studio import Studio, open_studio
from tests.bot.world import World


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def studio(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Studio]:
    async with open_studio(tmp_path_factory.mktemp("studio")) as studio:
        yield studio


@pytest.fixture
def limits() -> BotLimits:
    """Take on as much as in production; a module may say otherwise."""
    return BotLimits()


@pytest.fixture
async def world(studio: Studio, tmp_path: Path, limits: BotLimits) -> AsyncIterator[World]:
    async with World.open(studio.url, tmp_path, limits) as world:
        await world.meet_the_engine()
        yield world


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    async with Database.open(tmp_path / "history.sqlite") as database:
        yield database


@pytest.fixture
def jobs(database: Database) -> Jobs:
    return Jobs(database)


@pytest.fixture
def store(tmp_path: Path) -> PictureStore:
    return PictureStore(tmp_path / "pictures")
