"""The schema goes up and down, is what the models say, and keeps what people have."""

import os
import sqlite3
import stat
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest
from alembic import command
from alembic.script import ScriptDirectory

from bot.errors import StorageFailed
from bot.history import migration
from bot.history.database import Database
from bot.history.jobs import Jobs
from bot.history.key_values import KeyValueStore
from bot.history.migration import alembic_config, backup_path, upgrade
from bot.history.models import DeliveryState, JobState
from bot.history.picture_store import PictureStore
from bot.history.user_results import UserResults
from pictures.geometry import Outcrop

FILLED = Path(__file__).with_name("filled")

REVISIONS = [
    script.revision for script in ScriptDirectory.from_config(alembic_config(Path("unused"))).walk_revisions()
]

ALICE = 1456074443980800010


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "history.sqlite"


def schema(file: Path) -> list[tuple[str, str]]:
    with closing(sqlite3.connect(file)) as history:
        return sorted(history.execute("SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL"))


def test_the_migrations_make_what_the_models_say(file: Path) -> None:
    upgrade(file)
    command.check(alembic_config(file))


def test_every_migration_can_be_undone_and_done_again(file: Path) -> None:
    upgrade(file)
    newest = schema(file)
    command.downgrade(alembic_config(file), "base")
    assert [name for name, _ in schema(file)] == ["alembic_version"]
    upgrade(file)
    assert schema(file) == newest


def test_an_upgrade_of_what_is_up_to_date_changes_nothing(file: Path) -> None:
    upgrade(file)
    newest = schema(file)
    upgrade(file)
    assert schema(file) == newest


def test_a_folder_may_have_any_name(tmp_path: Path) -> None:
    folder = tmp_path / "100% über #1?"
    folder.mkdir()
    upgrade(folder / "history.sqlite")
    assert (folder / "history.sqlite").exists()


@pytest.mark.parametrize("revision", REVISIONS)
async def test_a_filled_older_history_keeps_what_it_has(file: Path, tmp_path: Path, revision: str) -> None:
    upgrade(file, revision)
    with closing(sqlite3.connect(file)) as history:
        history.executescript((FILLED / f"{revision}.sql").read_text())
    async with Database.open(file) as database:
        jobs, album = Jobs(database), UserResults(database, PictureStore(tmp_path))
        [painted] = await album.page(ALICE, 0)
        assert (painted.id, painted.state) == ("00000000000000a1", JobState.PAINTED)
        assert painted.options.sides == Outcrop(top=100)
        assert painted.recipe is not None
        assert painted.recipe.sides == Outcrop(top=128)
        assert [picture.recipe.seed for picture in painted.pictures] == [7, 8]
        assert painted.notes == ["It was an animation."]
        assert painted.created_at.isoformat() == "2026-01-01T12:00:00+00:00"
        failed = await jobs.get("00000000000000a2")
        assert failed is not None
        assert (failed.state, failed.reason) == (JobState.FAILED, "It was no picture.")
        answered = await album.get(failed.id)
        assert answered is not None
        assert answered.delivery is not None
        assert (answered.delivery.state, answered.delivery.tries) == (DeliveryState.UNDELIVERABLE, 3)
        assert [job.id for job in await jobs.unfinished(JobState.RECEIVED)] == ["00000000000000a3"]
        assert await jobs.count_crashes("00000000000000a1", alive=()) == 1
        assert await KeyValueStore(database).get("commands:1:everywhere") == "a digest"


@pytest.mark.parametrize("revision", ["base", *REVISIONS[1:]])
def test_an_upgrade_that_is_killed_after_any_statement_is_done_at_the_next_start(
    tmp_path: Path, revision: str
) -> None:
    program = [sys.executable, "-m", "tests.migrations.killed_upgrade", str(tmp_path), revision]
    ran = subprocess.run(program, check=False, capture_output=True, text=True, timeout=120)
    assert ran.returncode == 0, ran.stderr
    assert int(ran.stdout) >= 3, "BEGIN, at least one change, the version"


def test_an_older_history_is_copied_before_it_is_upgraded(file: Path) -> None:
    oldest = REVISIONS[-1]
    upgrade(file, oldest)
    with closing(sqlite3.connect(file)) as history:
        history.execute("PRAGMA journal_mode=WAL")
        history.executescript((FILLED / f"{oldest}.sql").read_text())
        before = schema(file)
        upgrade(file)
    copy = backup_path(file, oldest)
    assert schema(copy) == before
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600
    with closing(sqlite3.connect(copy)) as history:
        assert history.execute("SELECT count(*) FROM jobs").fetchone() == (3,)


def test_the_copy_is_deleted_after_a_week(file: Path) -> None:
    upgrade(file, REVISIONS[-1])
    upgrade(file)
    copy = backup_path(file, REVISIONS[-1])
    upgrade(file)
    assert copy.exists()
    week_ago = time.time() - migration.COPY_LIFETIME - 60
    os.utime(copy, (week_ago, week_ago))
    upgrade(file)
    assert not copy.exists()


def test_a_new_or_current_history_is_not_copied(file: Path) -> None:
    upgrade(file)
    upgrade(file)
    assert [entry.name for entry in file.parent.iterdir()] == [file.name]


def test_a_locked_history_is_a_storage_failure_and_not_another_file(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    upgrade(file, REVISIONS[-1])
    monkeypatch.setattr(migration, "LOCK_TIMEOUT", 0.05)
    with closing(sqlite3.connect(file)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StorageFailed, match="locked"):
            upgrade(file)
    upgrade(file)
