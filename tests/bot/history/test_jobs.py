import sqlite3
from collections.abc import Callable
from contextlib import closing

import pytest

from bot.history.database import Database
from bot.history.deliveries import Deliveries
from bot.history.jobs import Jobs
from bot.history.models import Job, JobState, ResultPicture, now
from bus.events import Cancelled, HandedBack, SourceMissing, Terminal
from bus.jobs import Attempt, JobId, new_job_id
from options.errors import UserError
from tests.bot.factories import (
    ALICE,
    BOB,
    add_job,
    job_ids,
    make_failed,
    make_job,
    make_painted,
    make_picture,
    make_recipe,
    make_started,
    make_waiting_job,
)

Ending = Callable[[JobId], Terminal]


async def loaded(jobs: Jobs, job: JobId) -> Job:
    row = await jobs.get(job)
    assert row is not None
    return row


async def state(jobs: Jobs, job: JobId) -> JobState:
    return (await jobs.states([job]))[job]


async def dispatched_job(jobs: Jobs) -> JobId:
    job = await add_job(jobs, make_waiting_job())
    assert await jobs.dispatch(job, profile="draft")
    return job


async def test_a_job_is_stored_as_requested(jobs: Jobs) -> None:
    job = make_job(source_name="photo.png", interaction_token="secret", request_message_id=7)
    await add_job(jobs, job)
    stored = await loaded(jobs, job.id)
    for field in (
        "user_id",
        "options",
        "source_name",
        "interaction_token",
        "created_at",
        "request_message_id",
    ):
        assert getattr(stored, field) == getattr(job, field)
    assert stored.state is JobState.RECEIVED


async def test_a_job_is_written_without_its_secrets(jobs: Jobs) -> None:
    job = make_job(interaction_token="secret", attachment_url="https://example.org/secret")
    await add_job(jobs, job)
    assert "secret" not in repr(await jobs.get(job.id))


async def test_the_number_of_unfinished_jobs_per_person_is_limited(jobs: Jobs) -> None:
    first = await add_job(jobs, make_job())
    await add_job(jobs, make_job())
    with pytest.raises(UserError, match="You have 2 of at most 2 unfinished jobs"):
        await jobs.add(make_job(), max_unfinished=2)
    await jobs.add(make_job(BOB), max_unfinished=2)
    await jobs.end(make_failed(first))
    await jobs.add(make_job(), max_unfinished=2)


async def test_a_received_job_is_queued_once(jobs: Jobs) -> None:
    job = await add_job(jobs, make_job(attachment_url="https://example.org", mask_url="https://example.org"))
    assert await jobs.accept(job, recipe=make_recipe(), notes=["a note"])
    assert not await jobs.accept(job, recipe=make_recipe(seed=2), notes=[])
    stored = await loaded(jobs, job)
    assert (stored.state, stored.recipe, stored.notes) == (JobState.WAITING, make_recipe(), ["a note"])
    assert (stored.attachment_url, stored.mask_url) == (None, None)


async def test_a_job_cancelled_meanwhile_is_not_queued(jobs: Jobs) -> None:
    job = await add_job(jobs, make_job())
    await jobs.request_cancel(job)
    assert not await jobs.accept(job, recipe=make_recipe(), notes=[])
    assert await state(jobs, job) is JobState.CANCELLED


async def test_received_jobs_are_found_again_oldest_first(jobs: Jobs) -> None:
    newer, older = [await add_job(jobs, make_job(minutes_ago=minutes)) for minutes in (1, 2)]
    await add_job(jobs, make_waiting_job())
    assert [job.id for job in await jobs.unfinished(JobState.RECEIVED)] == [older, newer]


async def test_only_a_waiting_job_is_dispatched_and_only_once(jobs: Jobs) -> None:
    job = await add_job(jobs, make_waiting_job())
    taken = await jobs.dispatch(job, profile="draft")
    assert taken is not None
    assert (taken.state, taken.profile) == (JobState.DISPATCHED, "draft")
    assert taken.dispatched_at is not None
    assert await jobs.dispatch(job, profile="draft") is None
    assert await jobs.dispatch(await add_job(jobs, make_job()), profile="draft") is None
    assert await jobs.dispatch(new_job_id(), profile="draft") is None


async def test_the_queue_is_fair(jobs: Jobs) -> None:
    alices = [await add_job(jobs, make_waiting_job(ALICE, minutes_ago=minutes)) for minutes in (9, 8, 7)]
    bobs = [await add_job(jobs, make_waiting_job(BOB, minutes_ago=minutes)) for minutes in (6, 5)]
    assert [queued.job for queued in await jobs.fair_queue()] == [
        alices[0],
        bobs[0],
        alices[1],
        bobs[1],
        alices[2],
    ]
    await jobs.dispatch(alices[0], profile="draft")
    assert [queued.job for queued in await jobs.fair_queue()] == [bobs[0], bobs[1], alices[1], alices[2]]


def cancelled(job: JobId) -> Cancelled:
    return Cancelled(job=job)


ENDINGS = [make_painted, make_failed, cancelled]


@pytest.mark.parametrize("first", ENDINGS)
@pytest.mark.parametrize("second", ENDINGS)
async def test_the_end_of_a_job_is_never_overwritten(
    jobs: Jobs, database: Database, first: Ending, second: Ending
) -> None:
    job = await dispatched_job(jobs)
    assert await jobs.end(first(job))
    before = await loaded(jobs, job)
    assert not await jobs.end(second(job), [make_picture(make_waiting_job(id=job), 0, "a" * 64)])
    after = await loaded(jobs, job)
    assert (after.state, after.reason, after.finished_at) == (before.state, before.reason, before.finished_at)
    async with database.read() as session:
        assert await session.get(ResultPicture, (job, 0)) is None
    assert [due.job for due in await Deliveries(database).due()] == [job], "one delivery is due"


async def test_an_ended_job_does_not_change(jobs: Jobs) -> None:
    job = await dispatched_job(jobs)
    await jobs.end(make_painted(job))
    assert await jobs.request_cancel(job) is JobState.PAINTED
    assert not await jobs.accept(job, recipe=make_recipe(), notes=[])
    assert await jobs.dispatch(job, profile="draft") is None
    stored = await loaded(jobs, job)
    assert (stored.state, stored.cancel_requested_at) == (JobState.PAINTED, None)


@pytest.mark.parametrize("row", [make_job, make_waiting_job])
async def test_cancelling_a_job_that_is_not_on_the_bus_ends_it_immediately(
    jobs: Jobs, database: Database, row: Callable[[], Job]
) -> None:
    job = await add_job(jobs, row())
    await jobs.request_cancel(job)
    assert await state(jobs, job) is JobState.CANCELLED
    assert [due.job for due in await Deliveries(database).due()] == [job]


async def test_cancelling_a_job_on_the_bus_records_the_request(jobs: Jobs) -> None:
    job = await dispatched_job(jobs)
    assert await jobs.request_cancel(job) is JobState.DISPATCHED
    first = await loaded(jobs, job)
    assert await jobs.request_cancel(job) is JobState.DISPATCHED
    second = await loaded(jobs, job)
    assert first.cancel_requested_at is not None
    assert second.cancel_requested_at == first.cancel_requested_at
    assert second.state is JobState.DISPATCHED


async def test_cancelling_an_unknown_job_does_nothing(jobs: Jobs) -> None:
    assert await jobs.request_cancel(new_job_id()) is None


async def test_states_takes_more_jobs_than_sqlite_takes_variables(jobs: Jobs) -> None:
    with closing(sqlite3.connect(":memory:")) as connection:
        limit = connection.getlimit(sqlite3.SQLITE_LIMIT_VARIABLE_NUMBER)
    known, ended = await add_job(jobs, make_job()), await dispatched_job(jobs)
    await jobs.end(make_failed(ended))
    unknown = [f"{number:016x}" for number in range(max(40_000, limit))]
    states = await jobs.states([*unknown, known, ended])
    assert states == {known: JobState.RECEIVED, ended: JobState.FAILED}
    assert await jobs.states([]) == {}


async def test_ending_an_unknown_job_does_nothing(jobs: Jobs) -> None:
    assert not await jobs.end(make_failed(new_job_id()))
    await jobs.record_attempt(make_started(new_job_id(), "e"))


async def test_unfinished_jobs_are_listed_oldest_first(jobs: Jobs) -> None:
    waiting = await add_job(jobs, make_waiting_job(minutes_ago=2))
    received = await add_job(jobs, make_job(minutes_ago=3))
    ended = await dispatched_job(jobs)
    await jobs.end(make_failed(ended))
    assert job_ids(await jobs.unfinished()) == [received, waiting]
    assert job_ids(await jobs.unfinished(JobState.WAITING)) == [waiting]


async def test_expired_tokens_are_erased(jobs: Jobs) -> None:
    old, young = [
        await add_job(jobs, make_job(minutes_ago=minutes, interaction_token="secret"))
        for minutes in (15.1, 14)
    ]
    await jobs.erase_expired_tokens()
    assert (await loaded(jobs, old)).interaction_token is None
    assert (await loaded(jobs, young)).interaction_token == "secret"


async def test_engines_that_crashed_with_a_job_are_counted(jobs: Jobs) -> None:
    job = await dispatched_job(jobs)
    for delivery, engine in enumerate(["gone", "gone", "also gone", "alive", "tidy", "empty"], start=1):
        await jobs.record_attempt(make_started(job, engine, delivery))
    await jobs.record_attempt(HandedBack(job=job, attempt=Attempt(1, 5), engine="tidy"))
    await jobs.record_attempt(SourceMissing(job=job, attempt=Attempt(1, 6), engine="empty"))
    assert await jobs.count_crashes(job, alive={"alive"}) == 2
    assert await jobs.count_crashes(await dispatched_job(jobs), alive=()) == 0


async def test_events_in_the_wrong_order_do_not_count_as_a_crash(jobs: Jobs) -> None:
    job = await dispatched_job(jobs)
    await jobs.record_attempt(HandedBack(job=job, attempt=Attempt(1, 1), engine="tidy"))
    await jobs.record_attempt(make_started(job, "tidy", 1))
    assert await jobs.count_crashes(job, alive=()) == 0


async def test_a_job_shows_whether_it_is_being_painted(jobs: Jobs) -> None:
    job = await dispatched_job(jobs)
    await jobs.record_attempt(make_started(job, "e"))
    assert (await loaded(jobs, job)).started_at is not None
    await jobs.record_attempt(HandedBack(job=job, attempt=Attempt(1, 1), engine="e"))
    assert (await loaded(jobs, job)).started_at is None


async def test_a_status_message_keeps_the_time_it_was_posted(jobs: Jobs) -> None:
    job = await add_job(jobs, make_job())
    await jobs.set_status_message(job, 5)
    first = (await loaded(jobs, job)).status_posted_at
    await jobs.set_status_message(job, 5)
    assert (await loaded(jobs, job)).status_posted_at == first
    await jobs.set_status_message(job, 6)
    stored = await loaded(jobs, job)
    assert stored.status_message_id == 6
    assert first is not None
    assert stored.status_posted_at is not None
    assert first < stored.status_posted_at <= now()
