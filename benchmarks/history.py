"""How long look-ups take in a large history, and how long requests wait during deletions."""

import asyncio
import statistics
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

from benchmarks.report import milliseconds, print_measurement
from bot.history.database import Database
from bot.history.deliveries import Deliveries
from bot.history.jobs import Jobs
from bot.history.models import now
from bot.history.picture_store import PictureStore
from bot.history.statistics import Statistics
from bot.history.user_results import UserResults
from tests.bot.factories import make_job, make_waiting_job
from tests.bot.history.large_history import HEAVY_USER, write_large_history

SIZES = (10_000, 100_000, 1_000_000)

DELETED = 10_000

ROUNDS = 20


async def main() -> None:
    """Print the 95th percentile of each look-up by size, and the longest wait during 10,000 deletions."""
    with tempfile.TemporaryDirectory() as folder:
        for rows in SIZES:
            file = Path(folder, f"{rows}.sqlite")
            write_large_history(file, rows)
            async with Database.open(file) as database:
                await _look_up(database, PictureStore(Path(folder, "pictures")), rows)
        async with Database.open(Path(folder, f"{SIZES[0]}.sqlite")) as database:
            await _wait_during_deletions(database, PictureStore(Path(folder, "pictures")))


async def _look_up(database: Database, store: PictureStore, rows: int) -> None:
    jobs, results, statistics_ = Jobs(database), UserResults(database, store), Statistics(database)
    await jobs.add(make_waiting_job(HEAVY_USER), max_unfinished=1000)
    lookups: dict[str, Callable[[], Awaitable[object]]] = {
        "unfinished jobs, for status messages": jobs.unfinished,
        "the fair queue": jobs.fair_queue,
        "erasing expired tokens": jobs.erase_expired_tokens,
        "a new request": lambda: jobs.add(make_job(HEAVY_USER), max_unfinished=1000),
        "recent durations": lambda: statistics_.recent_durations(20),
        "counts for metrics": statistics_.count_jobs,
        "undeliverable answers": lambda: Deliveries(database).count_undeliverable(HEAVY_USER),
        "a result by its message": lambda: results.find_by_message(5),
        "the first page of /history": lambda: results.page(HEAVY_USER, 0),
        "the last page of /history": lambda: results.page(HEAVY_USER, rows // 20),
    }
    for name, look_up in lookups.items():
        seconds = []
        for _ in range(ROUNDS):
            start = time.perf_counter()
            await look_up()
            seconds.append(time.perf_counter() - start)
        p95 = statistics.quantiles(seconds, n=20)[-1]
        print_measurement(f"{name}, {rows:,} jobs, p95", milliseconds(p95), "< 20 ms")


async def _wait_during_deletions(database: Database, store: PictureStore) -> None:
    jobs, results = Jobs(database), UserResults(database, store)
    deleting = asyncio.create_task(results.delete_ended_before(now()))
    waits = []
    while not deleting.done():
        start = time.perf_counter()
        await jobs.add(make_job(HEAVY_USER), max_unfinished=10**6)
        waits.append(time.perf_counter() - start)
    print_measurement(
        f"another person's longest wait during {await deleting:,} deletions",
        milliseconds(max(waits)),
        "< 100 ms",
    )
