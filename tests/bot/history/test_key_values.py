from bot.history.database import Database
from bot.history.key_values import KeyValueStore


async def test_what_is_kept_is_recalled_as_it_was_last(database: Database) -> None:
    memos = KeyValueStore(database)
    assert await memos.recall("commands") is None
    await memos.keep("commands", "one")
    await memos.keep("commands", "two")
    await memos.keep("else", "three")
    assert await memos.recall("commands") == "two"
