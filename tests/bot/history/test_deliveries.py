from datetime import timedelta

import pytest
from sqlalchemy import update

from bot.history.database import Database
from bot.history.deliveries import MAX_BACKOFF, MIN_BACKOFF, Deliveries, Posted
from bot.history.jobs import Jobs
from bot.history.models import Delivery, DeliveryState, now
from bot.history.picture_store import PictureStore
from bot.history.user_results import UserResults
from bus.jobs import JobId
from tests.bot.factories import ALICE, BOB, add_job, add_painted_job, make_failed, make_waiting_job


@pytest.fixture
def deliveries(database: Database) -> Deliveries:
    return Deliveries(database)


async def due(deliveries: Deliveries) -> list[JobId]:
    return [delivery.job for delivery in await deliveries.due()]


async def make_due(database: Database) -> None:
    async with database.write() as session:
        await session.execute(update(Delivery).values(due_at=now()))


async def test_a_delivery_is_due_from_the_end_of_its_job(deliveries: Deliveries, jobs: Jobs) -> None:
    await add_job(jobs, make_waiting_job())
    first, second = [await add_painted_job(jobs, make_waiting_job(), "a" * 64) for _ in range(2)]
    assert await due(deliveries) == [first, second], "in the order in which they ended"
    job = await deliveries.load(first)
    assert job is not None
    assert job.delivery is not None
    assert (job.delivery.parts_sent, job.delivery.sending_since) == (0, None)
    assert [picture.index for picture in job.pictures] == [0]


async def test_each_failure_doubles_the_wait_up_to_the_maximum(
    deliveries: Deliveries, jobs: Jobs, database: Database
) -> None:
    job = await add_painted_job(jobs, make_waiting_job(), "a" * 64)
    waits = []
    for _ in range(40):
        waits.append(await deliveries.reschedule(job, "500"))
        assert await due(deliveries) == []
        await make_due(database)
        assert await due(deliveries) == [job]
    assert waits[:3] == [MIN_BACKOFF, 2 * MIN_BACKOFF, 4 * MIN_BACKOFF]
    assert waits == sorted(waits)
    assert waits[-1] == MAX_BACKOFF == timedelta(minutes=10)


async def test_a_sent_part_is_recorded_with_its_pictures(
    deliveries: Deliveries, jobs: Jobs, database: Database, store: PictureStore
) -> None:
    job = await add_painted_job(jobs, make_waiting_job(), "a" * 64, "b" * 64)
    since = await deliveries.mark_sending(job)
    loaded = await deliveries.load(job)
    assert loaded is not None
    assert loaded.delivery is not None
    assert loaded.delivery.sending_since == since
    posted = Posted(channel_id=1, message_id=2)
    await deliveries.mark_part_sent(job, part=0, pictures=[0], posted=posted, last=False)
    loaded = await UserResults(database, store).get(job)
    assert loaded is not None
    assert loaded.delivery is not None
    assert (loaded.delivery.parts_sent, loaded.delivery.sending_since) == (1, None)
    assert [(picture.channel_id, picture.message_id) for picture in loaded.pictures] == [(1, 2), (None, None)]


async def test_the_last_part_closes_the_delivery(deliveries: Deliveries, jobs: Jobs) -> None:
    job = await add_painted_job(jobs, make_waiting_job(interaction_token="secret"), "a" * 64)
    posted = Posted(channel_id=1, message_id=2)
    await deliveries.mark_part_sent(job, part=0, pictures=[0], posted=posted, last=True)
    assert await due(deliveries) == []
    row = await jobs.get(job)
    assert row is not None
    assert row.interaction_token is None


@pytest.mark.parametrize("state", [DeliveryState.SENT, DeliveryState.UNDELIVERABLE])
async def test_a_closed_delivery_is_no_longer_due_and_its_token_is_erased(
    deliveries: Deliveries, jobs: Jobs, state: DeliveryState
) -> None:
    job = await add_painted_job(jobs, make_waiting_job(interaction_token="secret"), "a" * 64)
    await deliveries.close(job, state)
    assert await due(deliveries) == []
    assert await deliveries.load(job) is None
    row = await jobs.get(job)
    assert row is not None
    assert row.interaction_token is None


async def test_undeliverable_results_are_counted_for_their_owner(deliveries: Deliveries, jobs: Jobs) -> None:
    job = await add_painted_job(jobs, make_waiting_job(), "a" * 64)
    assert await deliveries.count_undeliverable(ALICE) == 0
    await deliveries.close(job, DeliveryState.UNDELIVERABLE, "403")
    assert await deliveries.count_undeliverable(ALICE) == 1
    assert await deliveries.count_undeliverable(BOB) == 0
    await deliveries.close(job, DeliveryState.SENT)
    assert await deliveries.count_undeliverable(ALICE) == 0


async def test_an_undeliverable_failure_does_not_count_as_a_result(
    deliveries: Deliveries, jobs: Jobs
) -> None:
    job = await add_job(jobs, make_waiting_job())
    await jobs.end(make_failed(job))
    await deliveries.close(job, DeliveryState.UNDELIVERABLE, "403")
    assert await deliveries.count_undeliverable(ALICE) == 0


async def test_a_reduced_file_limit_is_stored(deliveries: Deliveries, jobs: Jobs) -> None:
    job = await add_painted_job(jobs, make_waiting_job(), "a" * 64)
    await deliveries.set_file_limit(job, 1234)
    loaded = await deliveries.load(job)
    assert loaded is not None
    assert loaded.filesize_limit == 1234
