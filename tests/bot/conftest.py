"""Fixtures of the bot's tests: a real bus, engine and history, and a simulated Discord."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from bot.history.database import Database
from bot.history.jobs import Jobs
from bot.history.picture_store import PictureStore
from bot.limits import BotLimits
from tests.bot.backend import Backend, run_backend
from tests.bot.harness import BotHarness


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def backend(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Backend]:
    async with run_backend(tmp_path_factory.mktemp("backend")) as backend:
        yield backend


@pytest.fixture
def limits() -> BotLimits:
    """Return the limits of production; a module may override them."""
    return BotLimits()


@pytest.fixture
async def harness(backend: Backend, tmp_path: Path, limits: BotLimits) -> AsyncIterator[BotHarness]:
    async with BotHarness.open(backend.url, tmp_path, limits) as harness:
        await harness.wait_for_engine()
        yield harness


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
