"""Read the schema version of a history file without changing the file."""

import sqlite3
from contextlib import closing
from pathlib import Path

from alembic.script import ScriptDirectory

from bot.errors import HistoryUnusable
from bot.history.database import alembic_config


def read_revision(file: Path) -> str:
    """Return the Alembic revision of a history file. Raises HistoryUnusable."""
    try:
        # mode=ro: sqlite3 would otherwise create a missing file, and this must leave no trace.
        with closing(sqlite3.connect(f"{file.absolute().as_uri()}?mode=ro", uri=True)) as connection:
            row = connection.execute("SELECT version_num FROM alembic_version").fetchone()
    except sqlite3.Error as error:
        raise HistoryUnusable(f"The history cannot be read: {error}.") from error
    if row is None:
        raise HistoryUnusable("The history has no schema version.")
    return str(row[0])


def newest_revision() -> str:
    """Return the newest Alembic revision among the migrations."""
    # No file of this name is opened: the script directory does not depend on the database.
    head = ScriptDirectory.from_config(alembic_config(Path("none.sqlite"))).get_current_head()
    assert head is not None, "the migrations have exactly one head"
    return head
