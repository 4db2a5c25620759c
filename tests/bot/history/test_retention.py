from datetime import timedelta

from bot.history.database import Database
from bot.history.jobs import Jobs
from bot.history.picture_store import PictureStore
from bot.history.retention import Retention
from bot.history.user_results import UserResults
from tests.bot.factories import ALICE, add_delivered_job, make_waiting_job


async def test_results_are_deleted_when_they_expire(
    database: Database, jobs: Jobs, store: PictureStore
) -> None:
    results = UserResults(database, store)
    await add_delivered_job(jobs, make_waiting_job(), await store.put(b"painted"))
    await Retention(results=results, keep=timedelta(days=1)).delete_expired()
    assert await results.count(ALICE) == 1
    await Retention(results=results, keep=timedelta(0)).delete_expired()
    assert await results.count(ALICE) == 0
