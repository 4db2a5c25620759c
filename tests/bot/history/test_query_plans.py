"""No query that runs for a request, or every few seconds, reads all jobs: tested with 100,000 jobs."""

import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import closing, contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, event

from bot.history.database import Database
from bot.history.deliveries import Deliveries
from bot.history.jobs import Jobs
from bot.history.models import JobState, now
from bot.history.picture_store import PictureStore
from bot.history.statistics import Statistics
from bot.history.user_results import UserResults
from tests.bot.factories import make_job, make_waiting_job
from tests.bot.history.large_history import HEAVY_USER, write_large_history

ROWS = 100_000


@pytest.fixture(scope="module")
def large_history(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("large") / "history.sqlite"
    write_large_history(file, ROWS)
    return file


@pytest.fixture
async def database(large_history: Path) -> AsyncIterator[Database]:
    async with Database.open(large_history) as database:
        yield database


@contextmanager
def full_scans(file: Path) -> Iterator[list[str]]:
    """Collect the full table scans in SQLite's query plans of the statements that the body executes."""
    executed: list[tuple[str, Any]] = []

    def record(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        executed.append((statement, parameters))

    scans: list[str] = []
    event.listen(Engine, "before_cursor_execute", record)
    try:
        yield scans
    finally:
        event.remove(Engine, "before_cursor_execute", record)
    with closing(sqlite3.connect(file)) as history:
        for statement, parameters in executed:
            plan = history.execute(f"EXPLAIN QUERY PLAN {statement}", parameters).fetchall()
            scans += [
                f"{step} in {statement}"
                for *_, step in plan
                if step.startswith(("SCAN jobs", "SCAN pictures", "SCAN deliveries"))
            ]
    assert executed, "the body executes statements"


LOOKUPS: dict[str, Callable[[Database, PictureStore], Awaitable[object]]] = {
    "unfinished": lambda database, _: Jobs(database).unfinished(),
    "unfinished, one state": lambda database, _: Jobs(database).unfinished(JobState.DISPATCHED),
    "fair_queue": lambda database, _: Jobs(database).fair_queue(),
    "erase_expired_tokens": lambda database, _: Jobs(database).erase_expired_tokens(),
    "add": lambda database, _: Jobs(database).add(make_job(HEAVY_USER), max_unfinished=1000),
    "states": lambda database, _: Jobs(database).states(["0" * 16]),
    "is_picture_used": lambda database, _: Jobs(database).is_picture_used("0" * 64),
    "recent_durations": lambda database, _: Statistics(database).recent_durations(20),
    "count_jobs": lambda database, _: Statistics(database).count_jobs(),
    "count_deliveries": lambda database, _: Statistics(database).count_deliveries(),
    "due": lambda database, _: Deliveries(database).due(),
    "count_undeliverable": lambda database, _: Deliveries(database).count_undeliverable(HEAVY_USER),
    "page": lambda database, store: UserResults(database, store).page(HEAVY_USER, 0),
    "last page": lambda database, store: UserResults(database, store).page(HEAVY_USER, ROWS // 20),
    "count": lambda database, store: UserResults(database, store).count(HEAVY_USER),
    "find_by_message": lambda database, store: UserResults(database, store).find_by_message(5),
    "delete_ended_before": lambda database, store: UserResults(database, store).delete_ended_before(
        now() - timedelta(days=3650)
    ),
}


@pytest.mark.parametrize("name", LOOKUPS)
async def test_no_lookup_reads_the_whole_history(
    database: Database, large_history: Path, tmp_path: Path, name: str
) -> None:
    await Jobs(database).add(make_waiting_job(HEAVY_USER), max_unfinished=1000)
    with full_scans(large_history) as scans:
        await LOOKUPS[name](database, PictureStore(tmp_path))
    assert scans == []


async def test_a_full_scan_is_detected(database: Database, large_history: Path) -> None:
    with full_scans(large_history) as scans:
        async with database.read() as session:
            await (await session.connection()).exec_driver_sql("SELECT id FROM jobs WHERE notes = '[1]'")
    assert len(scans) == 1
