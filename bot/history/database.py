"""The SQLite database: migration, read sessions, and one writer at a time."""

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
"""Seconds to wait while another process holds SQLite's lock, for example for a backup."""


class Database:
    """Read and write sessions; open it with `open`."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._sessions = async_sessionmaker(engine, expire_on_commit=False)
        self._writer = asyncio.Lock()

    @classmethod
    @asynccontextmanager
    async def open(cls, file: Path) -> AsyncIterator[Self]:
        """Migrate the file to the newest schema and open it; close it at exit. Raises HistoryUnusable."""
        await asyncio.to_thread(upgrade, file)
        engine = create_async_engine(
            _url(file, "+aiosqlite"),
            connect_args={"timeout": BUSY_TIMEOUT},
            hide_parameters=True,  # keeps tokens and prompts out of error messages, and so out of the log
        )
        event.listen(engine.sync_engine, "connect", _set_pragmas)
        try:
            yield cls(engine)
        finally:
            await engine.dispose()

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncSession]:
        """Open a session for reading; changes are rolled back. Raises StorageFailed."""
        with _storage_errors():
            async with self._sessions() as session:
                yield session

    @asynccontextmanager
    async def write(self) -> AsyncIterator[AsyncSession]:
        """Open the only write session; commit at exit, or roll back on an exception. Raises StorageFailed."""
        with _storage_errors():
            async with self._writer, self._sessions() as session, session.begin():
                yield session


@contextmanager
def _storage_errors() -> Iterator[None]:
    try:
        yield
    except OperationalError as error:
        raise StorageFailed(f"the history cannot be read or written: {error.orig}") from error


def upgrade(file: Path, revision: str = "head") -> None:
    """Migrate the file to a revision; blocking. Raises HistoryUnusable."""
    try:
        command.upgrade(alembic_config(file), revision)
    except CommandError as cause:
        raise HistoryUnusable(
            f"The history {file} was written by a newer Outcrop. Install that version, or move the file away."
        ) from cause
    except OperationalError:
        raise  # the disk is full or the file locked: it may be a history all the same
    except DatabaseError as cause:
        raise HistoryUnusable(
            f"{file} is not an Outcrop history ({cause.orig}). Move it away, or restore it from a backup."
        ) from cause


def alembic_config(file: Path) -> Config:
    """Return the Alembic configuration for a file."""
    config = Config()
    config.set_main_option("script_location", "migrations:")
    config.attributes["url"] = _url(file)
    return config


def _url(file: Path, driver: str = "") -> URL:
    # Not an f-string: a path may hold characters that mean something in a URL, such as "?" and "%".
    return URL.create(f"sqlite{driver}", database=str(file))


def _set_pragmas(connection: Any, _record: Any) -> None:
    """Configure a new connection for durable commits."""
    # journal_mode=WAL: readers do not block the writer, nor the writer them.
    # synchronous=FULL: a commit is on the disk when it returns; WAL's usual NORMAL may lose it when the
    # power fails, and people have been told by then that their job is queued.
    # foreign_keys=ON: SQLite checks and cascades only on request, for each connection.
    cursor: sqlite3.Cursor = connection.cursor()
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()
