"""The SQLite database: read sessions, and one writer at a time."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any, Self

from sqlalchemy import event
from sqlalchemy.exc import OperationalError
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker, create_async_engine

from bot.errors import StorageFailed
from bot.history import migration


class Database:
    """Read and write sessions; open it with `open`."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._sessions = async_sessionmaker(engine, expire_on_commit=False)
        self._writer = asyncio.Lock()

    @classmethod
    @asynccontextmanager
    async def open(cls, file: Path) -> AsyncIterator[Self]:
        """Migrate the file to the newest schema and open it; close it at exit.

        Raises HistoryUnusable and StorageFailed.
        """
        await asyncio.to_thread(migration.upgrade, file)
        engine = create_async_engine(
            migration.sqlite_url(file, "+aiosqlite"),
            connect_args={"timeout": migration.LOCK_TIMEOUT},
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
