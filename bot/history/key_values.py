"""Small things to remember between starts."""

from sqlalchemy.dialects.sqlite import insert

from bot.history.database import Database
from bot.history.models import KeyValue


class KeyValueStore:
    """A few keys with their values."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def recall(self, key: str) -> str | None:
        """Return what was kept under a key."""
        async with self._database.read() as session:
            memo = await session.get(KeyValue, key)
            return memo.value if memo else None

    async def keep(self, key: str, value: str) -> None:
        """Keep a value under a key, in place of what was there."""
        statement = insert(KeyValue).values(key=key, value=value)
        async with self._database.write() as session:
            await session.execute(statement.on_conflict_do_update(set_={"value": value}))
