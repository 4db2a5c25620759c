"""The schema version of the history file, and its upgrade in one transaction."""

import os
import sqlite3
import time
from contextlib import closing
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import URL
from sqlalchemy.exc import DatabaseError, OperationalError

from bot.errors import HistoryUnusable, StorageFailed

LOCK_TIMEOUT = 5.0
"""Seconds to wait while another process, such as a backup, holds the lock of the file."""

COPY_LIFETIME = 7 * 86_400.0
"""Seconds for which the copy from before an upgrade is kept: it holds what people have had deleted since."""


def upgrade(file: Path, revision: str = "head") -> None:
    """Migrate the file to a revision, after a copy of an older one; blocking.

    The whole upgrade is one transaction (migrations/env.py): after a crash at any point the file has the old
    schema or the new one. Raises HistoryUnusable, and StorageFailed if the disk is full or the file locked.
    """
    try:
        before = _stored_revision(file)
        if before is not None and before in _older_revisions():
            _back_up(file, before)
        command.upgrade(alembic_config(file), revision)
        _delete_old_copies(file)
    except CommandError as cause:
        raise HistoryUnusable(
            f"The history {file} was written by a newer Outcrop. Install that version, or move the file away."
        ) from cause
    except (OperationalError, sqlite3.OperationalError, OSError) as cause:
        reason = cause.orig if isinstance(cause, OperationalError) else cause
        raise StorageFailed(f"The history {file} cannot be opened now: {reason}") from cause
    except (DatabaseError, sqlite3.DatabaseError) as cause:
        reason = cause.orig if isinstance(cause, DatabaseError) else cause
        raise HistoryUnusable(
            f"{file} is not an Outcrop history ({reason}). Move it away, or restore it from a backup."
        ) from cause


def read_revision(file: Path) -> str:
    """Return the Alembic revision of a history file, which is not changed. Raises HistoryUnusable."""
    try:
        revision = _stored_revision(file, must_exist=True)
    except sqlite3.Error as error:
        raise HistoryUnusable(f"The history cannot be read: {error}.") from error
    if revision is None:
        raise HistoryUnusable("The history has no schema version.")
    return revision


def newest_revision() -> str:
    """Return the newest Alembic revision among the migrations."""
    # No file of this name is opened: the script directory does not depend on the database.
    head = ScriptDirectory.from_config(alembic_config(Path("none.sqlite"))).get_current_head()
    assert head is not None, "the migrations have exactly one head"
    return head


def _older_revisions() -> frozenset[str]:
    scripts = ScriptDirectory.from_config(alembic_config(Path("none.sqlite")))
    return frozenset(script.revision for script in scripts.walk_revisions()) - {newest_revision()}


def alembic_config(file: Path) -> Config:
    """Return the Alembic configuration for a file."""
    config = Config()
    config.set_main_option("script_location", "migrations:")
    config.attributes["url"] = sqlite_url(file)
    config.attributes["timeout"] = LOCK_TIMEOUT
    return config


def sqlite_url(file: Path, driver: str = "") -> URL:
    """Return the URL of a file for SQLAlchemy, with a driver such as "+aiosqlite"."""
    # Not an f-string: a path may hold characters that mean something in a URL, such as "?" and "%".
    return URL.create(f"sqlite{driver}", database=str(file))


def backup_path(file: Path, revision: str) -> Path:
    """Return the path of the copy that is made before an upgrade from this revision."""
    return file.with_name(f"{file.stem}.before-upgrade-from-{revision}{file.suffix}")


def _stored_revision(file: Path, *, must_exist: bool = False) -> str | None:
    """Return the revision in the file; None where there is no file, no table or no row."""
    if not must_exist and not file.exists():
        return None
    # mode=ro: sqlite3 would otherwise create a missing file, and this must leave no trace.
    with closing(sqlite3.connect(f"{file.absolute().as_uri()}?mode=ro", uri=True)) as connection:
        tables = connection.execute("SELECT count(*) FROM sqlite_master WHERE name = 'alembic_version'")
        if not must_exist and tables.fetchone() == (0,):
            return None
        row = connection.execute("SELECT version_num FROM alembic_version").fetchone()
    return None if row is None else str(row[0])


def _delete_old_copies(file: Path) -> None:
    for copy in file.parent.glob(backup_path(file, "*").name):
        if time.time() - copy.stat().st_mtime > COPY_LIFETIME:
            copy.unlink(missing_ok=True)


def _back_up(file: Path, revision: str) -> None:
    """Copy the history with SQLite's backup API, which sees what is still in the write-ahead log."""
    backup = backup_path(file, revision)
    partial = backup.with_name(f"{backup.name}.part")
    partial.unlink(missing_ok=True)
    partial.touch(mode=0o600)  # prompts and links of people are in it
    with closing(sqlite3.connect(file)) as source, closing(sqlite3.connect(partial)) as copy:
        source.backup(copy)
    with partial.open("rb") as written:
        os.fsync(written.fileno())
    partial.replace(backup)
