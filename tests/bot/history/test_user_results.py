import asyncio

import pytest

from bot.errors import PictureLost
from bot.history import user_results
from bot.history.database import Database
from bot.history.deliveries import Deliveries, Posted
from bot.history.jobs import Jobs
from bot.history.models import now
from bot.history.picture_store import PictureStore
from bot.history.user_results import PAGE_SIZE, UserResults
from bus.jobs import JobId
from tests.bot.factories import (
    ALICE,
    BOB,
    add_delivered_job,
    add_job,
    add_painted_job,
    job_ids,
    make_failed,
    make_job,
    make_waiting_job,
)


@pytest.fixture
def results(database: Database, store: PictureStore) -> UserResults:
    return UserResults(database, store)


async def test_pages_show_only_the_owners_painted_jobs_newest_first(results: UserResults, jobs: Jobs) -> None:
    mine = [
        await add_painted_job(jobs, make_waiting_job(minutes_ago=minutes), "a" * 64)
        for minutes in range(PAGE_SIZE + 2)
    ]
    await add_painted_job(jobs, make_waiting_job(BOB), "b" * 64)
    await jobs.end(make_failed(await add_job(jobs, make_waiting_job())))
    await add_job(jobs, make_job())
    assert job_ids(await results.page(ALICE, 0)) == mine[:PAGE_SIZE]
    assert job_ids(await results.page(ALICE, 1)) == mine[PAGE_SIZE:]
    assert await results.count(ALICE) == PAGE_SIZE + 2
    assert await results.count(99) == 0


async def test_a_result_is_found_by_the_message_that_shows_it(
    results: UserResults, jobs: Jobs, database: Database
) -> None:
    job = await add_painted_job(jobs, make_waiting_job(), "a" * 64, "b" * 64)
    posted = Posted(channel_id=10, message_id=500)
    await Deliveries(database).mark_part_sent(job, part=0, pictures=[1], posted=posted, last=False)
    found = await results.find_by_message(500)
    assert found is not None
    assert found.id == job
    assert [picture.message_id for picture in found.pictures] == [None, 500]
    assert await results.find_by_message(501) is None


async def stored(store: PictureStore, *files: str) -> list[bool]:
    exists = []
    for file in files:
        try:
            await store.get(file)
            exists.append(True)
        except PictureLost:
            exists.append(False)
    return exists


async def test_delete_all_deletes_the_rows_and_files_of_one_person(
    results: UserResults, jobs: Jobs, store: PictureStore
) -> None:
    source, result, others = [await store.put(data) for data in (b"source", b"result", b"others")]
    mine = await add_delivered_job(jobs, make_waiting_job(source_sha256=source), result)
    others_job = await add_delivered_job(jobs, make_waiting_job(BOB), others)
    assert await results.delete_all(ALICE) == 1
    assert await jobs.get(mine) is None
    assert await jobs.get(others_job) is not None
    assert await stored(store, source, result, others) == [False, False, True]


async def test_a_source_that_another_person_needs_stays(
    results: UserResults, jobs: Jobs, store: PictureStore
) -> None:
    source = await store.put(b"source")
    for person in (ALICE, BOB):
        await add_delivered_job(
            jobs, make_waiting_job(person, source_sha256=source), await store.put(b"%d" % person)
        )
    await results.delete_all(ALICE)
    assert await stored(store, source) == [True]
    await results.delete_all(BOB)
    assert await stored(store, source) == [False]


async def test_a_result_that_another_job_uses_as_its_source_stays(
    results: UserResults, jobs: Jobs, store: PictureStore
) -> None:
    result = await store.put(b"result")
    await add_delivered_job(jobs, make_waiting_job(), result)
    await add_job(jobs, make_waiting_job(BOB, source_sha256=result))
    await results.delete_all(ALICE)
    assert await stored(store, result) == [True]


async def test_unfinished_jobs_are_not_deleted(results: UserResults, jobs: Jobs) -> None:
    job = await add_job(jobs, make_waiting_job())
    assert await results.delete_all(ALICE) == 0
    assert await jobs.get(job) is not None


async def test_deleting_a_job_deletes_its_delivery(
    results: UserResults, jobs: Jobs, database: Database
) -> None:
    job: JobId = await add_delivered_job(jobs, make_waiting_job(), "a" * 64)
    await results.delete_all(ALICE)
    deliveries = Deliveries(database)
    assert await deliveries.due() == []
    assert await deliveries.load(job) is None
    assert await results.get(job) is None


async def test_old_jobs_are_deleted_by_the_time_they_ended(results: UserResults, jobs: Jobs) -> None:
    old = await add_delivered_job(jobs, make_waiting_job(minutes_ago=600), "a" * 64)
    between = now()
    young = await add_delivered_job(jobs, make_waiting_job(minutes_ago=600), "b" * 64)
    assert await results.delete_ended_before(between) == 1
    assert await jobs.get(old) is None
    assert await jobs.get(young) is not None


async def test_a_request_does_not_wait_for_a_whole_deletion(
    results: UserResults, jobs: Jobs, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(user_results, "BATCH_SIZE", 2)
    for _ in range(20):
        await add_delivered_job(jobs, make_waiting_job(), "a" * 64)
    deleting = asyncio.create_task(results.delete_all(ALICE))
    await asyncio.sleep(0)  # it has the locks of its first batch now
    await add_job(jobs, make_waiting_job(BOB))
    assert not deleting.done()
    assert await deleting == 20
    assert await results.count(ALICE) == 0


async def test_an_undelivered_result_is_not_deleted(results: UserResults, jobs: Jobs) -> None:
    owed = await add_painted_job(jobs, make_waiting_job(), "a" * 64)
    assert await results.delete_all(ALICE) == 0
    assert await jobs.get(owed) is not None
