from bot.history.database import Database
from bot.history.key_values import KeyValueStore


async def test_get_returns_the_value_that_was_set_last(database: Database) -> None:
    values = KeyValueStore(database)
    assert await values.get("commands") is None
    await values.set("commands", "one")
    await values.set("commands", "two")
    await values.set("else", "three")
    assert await values.get("commands") == "two"
