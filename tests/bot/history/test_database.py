import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from bot.errors import HistoryUnusable, StorageFailed
from bot.history import migration
from bot.history.database import Database
from bot.history.jobs import Jobs
from bot.history.key_values import KeyValueStore
from tests.bot.factories import add_job, make_job


@pytest.mark.parametrize(
    ("pragma", "value"), [("journal_mode", "wal"), ("synchronous", 2), ("foreign_keys", 1)]
)
async def test_commits_are_durable_and_foreign_keys_enforced(
    database: Database, pragma: str, value: object
) -> None:
    async with database.read() as session:
        assert await session.scalar(text(f"PRAGMA {pragma}")) == value


async def test_rows_survive_a_restart(tmp_path: Path) -> None:
    async with Database.open(tmp_path / "history.sqlite") as first:
        job = await add_job(Jobs(first), make_job())
    async with Database.open(tmp_path / "history.sqlite") as second:
        assert await Jobs(second).get(job) is not None


async def test_a_failed_transaction_is_rolled_back(database: Database, jobs: Jobs) -> None:
    job = make_job()

    async def fail_midway() -> None:
        async with database.write() as session:
            session.add(job)
            await session.flush()
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await fail_midway()
    assert await jobs.get(job.id) is None


async def test_a_database_locked_by_another_program_is_a_storage_failure(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(migration, "LOCK_TIMEOUT", 0.05)
    file = tmp_path / "history.sqlite"
    async with Database.open(file) as database:
        with closing(sqlite3.connect(file)) as other:
            other.execute("BEGIN EXCLUSIVE")
            with pytest.raises(StorageFailed, match="locked"):
                await KeyValueStore(database).set("key", "value")
        await KeyValueStore(database).set("key", "value")


async def test_a_full_disk_is_a_temporary_storage_failure(database: Database, jobs: Jobs) -> None:
    async with database.write() as session:
        pages = await session.scalar(text("PRAGMA page_count"))
        await session.execute(text(f"PRAGMA max_page_count = {pages}"))
    with pytest.raises(StorageFailed, match="full"):
        await add_job(jobs, make_job(source_name="x" * 100_000))
    async with database.write() as session:
        await session.execute(text("PRAGMA max_page_count = 1000000"))
    await add_job(jobs, make_job(source_name="x" * 100_000))


async def test_an_integrity_error_is_not_a_storage_failure(database: Database, jobs: Jobs) -> None:
    job = make_job()
    await add_job(jobs, job)
    with pytest.raises(IntegrityError):
        async with database.write() as session:
            session.add(make_job(id=job.id))


async def test_a_read_session_does_not_commit(database: Database, jobs: Jobs) -> None:
    job = make_job()
    async with database.read() as session:
        session.add(job)
        await session.flush()
    assert await jobs.get(job.id) is None


async def test_a_history_of_a_newer_outcrop_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "history.sqlite"
    async with Database.open(file):
        pass
    with closing(sqlite3.connect(file)) as history, history:
        history.execute("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(HistoryUnusable, match="was written by a newer Outcrop"):
        async with Database.open(file):
            pass


async def test_a_file_that_is_not_a_history_is_refused_and_unchanged(tmp_path: Path) -> None:
    file = tmp_path / "history.sqlite"
    file.write_text("a shopping list, long enough to be read as the head of a database" * 20)
    with pytest.raises(HistoryUnusable, match="is not an Outcrop history"):
        async with Database.open(file):
            pass
    assert file.read_text().startswith("a shopping list")
