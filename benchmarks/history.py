"""How long look-ups take in a large history, and how long people wait beside deletions."""

import asyncio
import statistics
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

from benchmarks.report import figure, milliseconds
from bot.history.database import Database
from bot.history.deliveries import Deliveries
from bot.history.jobs import Jobs
from bot.history.models import now
from bot.history.picture_store import PictureStore
from bot.history.statistics import Statistics
from bot.history.user_results import UserResults
from tests.bot.factories import make_job, make_waiting_job
from tests.bot.history.large_history import HEAVY, write_large_history

SIZES = (10_000, 100_000, 1_000_000)

DELETED = 10_000

ROUNDS = 20


async def main() -> None:
    """Print the slowest look-up of each size, and the longest wait beside 10,000 deletions."""
    with tempfile.TemporaryDirectory() as folder:
        for rows in SIZES:
            file = Path(folder, f"{rows}.sqlite")
            write_large_history(file, rows)
            async with Database.open(file) as database:
                await _look_up(database, PictureStore(Path(folder, "pictures")), rows)
        async with Database.open(Path(folder, f"{SIZES[0]}.sqlite")) as database:
            await _wait_beside_deletions(database, PictureStore(Path(folder, "pictures")))


async def _look_up(database: Database, store: PictureStore, rows: int) -> None:
    jobs, results, statistics_ = Jobs(database), UserResults(database, store), Statistics(database)
    await jobs.add(make_waiting_job(HEAVY), max_unfinished=1000)
    lookups: dict[str, Callable[[], Awaitable[object]]] = {
        "the status messages' look at open jobs": jobs.unfinished,
        "the fair queue": jobs.fair_queue,
        "erasing expired tokens": jobs.erase_expired_tokens,
        "a new request": lambda: jobs.add(make_job(HEAVY), max_unfinished=1000),
        "recent durations": lambda: statistics_.recent_durations(20),
        "counts for metrics": statistics_.count_jobs,
        "undeliverable answers": lambda: Deliveries(database).count_undeliverable(HEAVY),
        "a result by its message": lambda: results.find_by_message(5),
        "the first page of /history": lambda: results.page(HEAVY, 0),
        "the last page of /history": lambda: results.page(HEAVY, rows // 20),
    }
    for name, look_up in lookups.items():
        seconds = []
        for _ in range(ROUNDS):
            began = time.perf_counter()
            await look_up()
            seconds.append(time.perf_counter() - began)
        p95 = statistics.quantiles(seconds, n=20)[-1]
        figure(f"{name}, {rows:,} jobs, p95", milliseconds(p95), "< 20 ms")


async def _wait_beside_deletions(database: Database, store: PictureStore) -> None:
    jobs, results = Jobs(database), UserResults(database, store)
    deleting = asyncio.create_task(results.delete_ended_before(now()))
    waits = []
    while not deleting.done():
        began = time.perf_counter()
        await jobs.add(make_job(HEAVY), max_unfinished=10**6)
        waits.append(time.perf_counter() - began)
    figure(
        f"another person's longest wait beside {await deleting:,} deletions",
        milliseconds(max(waits)),
        "< 100 ms",
    )
