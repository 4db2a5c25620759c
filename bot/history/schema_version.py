"""Tell the schema of a history without touching it."""

import sqlite3
from contextlib import closing
from pathlib import Path

from alembic.script import ScriptDirectory

from bot.history.database import alembic_config


class NotAHistory(Exception):
    """The file is no history of ours; the text says why."""


def schema_of(file: Path) -> str:
    """Return the revision that a file has; raises NotAHistory."""
    try:
        with closing(sqlite3.connect(f"{file.absolute().as_uri()}?mode=ro", uri=True)) as connection:
            row = connection.execute("SELECT version_num FROM alembic_version").fetchone()
    except sqlite3.Error as error:
        raise NotAHistory(f"The history cannot be read: {error}.") from error
    if row is None:
        raise NotAHistory("The history has no schema.")
    return str(row[0])


def newest_schema() -> str:
    """Return the newest revision that this program knows."""
    head = ScriptDirectory.from_config(alembic_config(Path("none.sqlite"))).get_current_head()
    assert head is not None, "the migrations have one head"
    return head
