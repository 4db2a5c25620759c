from datetime import timedelta

from bot.history.database import Database
from bot.history.jobs import Jobs
from bot.history.picture_store import PictureStore
from bot.history.retention import Retention
from bot.history.user_results import UserResults
from tests.bot.rows import ALICE, a_waiting_job, delivered


async def test_results_are_let_go_when_their_time_is_over(
    database: Database, jobs: Jobs, store: PictureStore
) -> None:
    album = UserResults(database, store)
    await delivered(jobs, a_waiting_job(), await store.put(b"painted"))
    await Retention(results=album, keep=timedelta(days=1)).delete_expired()
    assert await album.count(ALICE) == 1
    await Retention(results=album, keep=timedelta(0)).delete_expired()
    assert await album.count(ALICE) == 0
