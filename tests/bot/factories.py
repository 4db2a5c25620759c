"""Make jobs, results, recipes and events for tests."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from bot.history.deliveries import Deliveries
from bot.history.jobs import Jobs
from bot.history.models import DeliveryState, Job, JobState, ResultPicture, now
from bus.events import Failed, Painted, Started
from bus.jobs import Attempt, JobId, new_job_id
from options.request import PaintRequest
from pictures.geometry import Outcrop
from pictures.recipe import Recipe

ALICE, BOB = 1, 2
"""User ids."""

SOURCE = "5" * 64


def make_job(person: int = ALICE, *, minutes_ago: float = 0, **fields: Any) -> Job:
    """Return a job that has just been received; `fields` replace its attributes."""
    job = Job(
        id=new_job_id(),
        user_id=person,
        channel_id=10,
        guild_id=20,
        options=fields.pop("options", PaintRequest(sides=Outcrop(top=64))),
        filesize_limit=10 * 2**20,
        created_at=now() - timedelta(minutes=minutes_ago),
    )
    for name, value in fields.items():
        setattr(job, name, value)
    return job


def make_waiting_job(person: int = ALICE, *, minutes_ago: float = 0, **fields: Any) -> Job:
    """Return a waiting job, with a source and a recipe."""
    job = make_job(person, minutes_ago=minutes_ago, **fields)
    job.state = JobState.WAITING
    job.source_sha256 = job.source_sha256 or SOURCE
    job.recipe = job.options.recipe(source_sha256=job.source_sha256, painter="auto")
    return job


async def add_job(jobs: Jobs, job: Job) -> JobId:
    """Insert a job; return its id."""
    await jobs.add(job, max_unfinished=1000)
    return job.id


async def add_painted_job(jobs: Jobs, job: Job, *files: str) -> JobId:
    """Insert a painted job with these pictures; return its id."""
    await add_job(jobs, job)
    await jobs.end(make_painted(job.id), [make_picture(job, index, file) for index, file in enumerate(files)])
    return job.id


async def add_delivered_job(jobs: Jobs, job: Job, *files: str) -> JobId:
    """Insert a painted job whose result was sent; return its id."""
    await add_painted_job(jobs, job, *files)
    await Deliveries(jobs._database).close(job.id, DeliveryState.SENT)
    return job.id


def make_picture(job: Job, index: int, sha256: str) -> ResultPicture:
    """Return one result of a job."""
    assert job.recipe is not None
    return ResultPicture(
        job_id=job.id,
        index=index,
        sha256=sha256,
        width=93,
        height=141,
        recipe=job.recipe.for_variation(index),
    )


def make_recipe(seed: int = 1, painter: str = "auto") -> Recipe:
    """Return a recipe."""
    return Recipe(sides=Outcrop(top=64), seed=seed, painter=painter, source_sha256=SOURCE)


def make_started(job: JobId, engine: str, delivery: int = 1) -> Started:
    """Return the event that an engine has started a job."""
    return Started(job=job, attempt=Attempt(1, delivery), engine=engine)


def make_painted(job: JobId) -> Painted:
    """Return the event that a job is painted, without its pictures."""
    return Painted(job=job, attempt=Attempt(1, 1), engine="e", results=(), seconds=1)


def make_failed(job: JobId, reason: str = "It did not work out.") -> Failed:
    """Return the event that a job has failed."""
    return Failed(job=job, reason=reason)


def job_ids(jobs: Sequence[Job]) -> list[JobId]:
    """Return the ids of jobs, in their order."""
    return [job.id for job in jobs]
