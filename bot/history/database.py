"""The one SQLite file: opened, migrated, read by many and written by one."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any, Self

from alembic import command
from alembic.config import Config
from alembic.util import CommandError
from sqlalchemy import URL, event
from sqlalchemy.exc import DatabaseError, OperationalError
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker, create_async_engine

from bot.errors import HistoryUnusable, StorageFailed

BUSY_TIMEOUT = 5.0
"""Seconds to wait for another program that holds the file."""


class Database:
    """Sessions on the history; use `open`."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._sessions = async_sessionmaker(engine, expire_on_commit=False)
        self._writer = asyncio.Lock()

    @classmethod
    @asynccontextmanager
    async def open(cls, file: Path) -> AsyncIterator[Self]:
        """Migrate the file to the newest schema, then open it; close it at exit. Raises HistoryUnusable."""
        await asyncio.to_thread(upgrade, file)
        engine = create_async_engine(
            _url(file, "+aiosqlite"),
            connect_args={"timeout": BUSY_TIMEOUT},
            hide_parameters=True,  # an error must not tell tokens and prompts to the log
        )
        event.listen(engine.sync_engine, "connect", _durable)
        try:
            yield cls(engine)
        finally:
            await engine.dispose()

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncSession]:
        """Open a session to look things up; nothing it changes is kept."""
        with _storage_errors():
            async with self._sessions() as session:
                yield session

    @asynccontextmanager
    async def write(self) -> AsyncIterator[AsyncSession]:
        """Open the one session that writes, and commit when it is left in peace."""
        with _storage_errors():
            async with self._writer, self._sessions() as session, session.begin():
                yield session


@contextmanager
def _storage_errors() -> Iterator[None]:
    try:
        yield
    except OperationalError as error:
        raise StorageFailed(f"the history cannot be used now: {error.orig}") from error


def upgrade(file: Path, revision: str = "head") -> None:
    """Bring the file to a revision; blocking. Raises HistoryUnusable."""
    try:
        command.upgrade(alembic_config(file), revision)
    except CommandError as cause:
        raise HistoryUnusable(
            f"A newer Outcrop wrote the history {file}; install that one, or move the file away."
        ) from cause
    except OperationalError:
        raise
    except DatabaseError as cause:
        raise HistoryUnusable(
            f"{file} is no history of ours ({cause.orig}); move it away, or restore it from a copy."
        ) from cause


def alembic_config(file: Path) -> Config:
    """Return what Alembic needs to work on the file."""
    config = Config()
    config.set_main_option("script_location", "migrations:")
    config.attributes["url"] = _url(file)
    return config


def _url(file: Path, driver: str = "") -> URL:
    return URL.create(f"sqlite{driver}", database=str(file))  # whatever characters the path has


def _durable(connection: Any, _record: Any) -> None:
    """WAL, and every commit on the disk before it counts."""
    cursor: sqlite3.Cursor = connection.cursor()
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()
