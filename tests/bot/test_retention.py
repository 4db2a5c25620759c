from datetime import timedelta

from bot.history.album import Album
from bot.history.database import Database
from bot.history.jobs import Jobs
from bot.history.store import PictureStore
from bot.retention import Retention
from tests.bot.rows import ALICE, a_waiting_job, delivered


async def test_results_are_let_go_when_their_time_is_over(
    database: Database, jobs: Jobs, store: PictureStore
) -> None:
    album = Album(database, store)
    await delivered(jobs, a_waiting_job(), await store.put(b"painted"))
    await Retention(album=album, keep=timedelta(days=1)).let_go()
    assert await album.count(ALICE) == 1
    await Retention(album=album, keep=timedelta(0)).let_go()
    assert await album.count(ALICE) == 0
