"""A persistent key-value store for small pieces of bot state."""

from sqlalchemy.dialects.sqlite import insert

from bot.history.database import Database
from bot.history.models import KeyValue


class KeyValueStore:
    """Strings by key, kept across restarts."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def get(self, key: str) -> str | None:
        """Return the value of a key; None if it has none."""
        async with self._database.read() as session:
            row = await session.get(KeyValue, key)
            return row.value if row else None

    async def set(self, key: str, value: str) -> None:
        """Store a value under a key, replacing the previous one."""
        statement = insert(KeyValue).values(key=key, value=value)
        async with self._database.write() as session:
            await session.execute(statement.on_conflict_do_update(set_={"value": value}))
