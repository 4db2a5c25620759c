from bot.history.database import Database
from bot.history.key_values import KeyValueStore


async def test_what_is_kept_is_recalled_as_it_was_last(database: Database) -> None:
    memos = KeyValueStore(database)
    assert await memos.get("commands") is None
    await memos.set("commands", "one")
    await memos.set("commands", "two")
    await memos.set("else", "three")
    assert await memos.get("commands") == "two"
