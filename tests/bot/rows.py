"""Rows of the history as tests need them."""

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
"""People."""

SOURCE = "5" * 64


def a_job(person: int = ALICE, *, minutes_ago: float = 0, **fields: Any) -> Job:
    """Return a job that has just been asked for, unless its fields say otherwise."""
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


def a_waiting_job(person: int = ALICE, *, minutes_ago: float = 0, **fields: Any) -> Job:
    """Return a job whose source is in the store."""
    job = a_job(person, minutes_ago=minutes_ago, **fields)
    job.state = JobState.WAITING
    job.source_sha256 = job.source_sha256 or SOURCE
    job.recipe = job.options.recipe(source_sha256=job.source_sha256, painter="auto")
    return job


async def added(jobs: Jobs, job: Job) -> JobId:
    """Keep a job, and return its id."""
    await jobs.add(job, max_unfinished=1000)
    return job.id


async def painted(jobs: Jobs, job: Job, *files: str) -> JobId:
    """Keep a job that has been painted, with these pictures."""
    await added(jobs, job)
    await jobs.end(painted_event(job.id), [a_picture(job, index, file) for index, file in enumerate(files)])
    return job.id


async def delivered(jobs: Jobs, job: Job, *files: str) -> JobId:
    """Keep a job that has been painted and answered."""
    await painted(jobs, job, *files)
    await Deliveries(jobs._database).close(job.id, DeliveryState.SENT)
    return job.id


def a_picture(job: Job, index: int, sha256: str) -> ResultPicture:
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


def a_recipe(seed: int = 1, painter: str = "auto") -> Recipe:
    """Return what to paint."""
    return Recipe(sides=Outcrop(top=64), seed=seed, painter=painter, source_sha256=SOURCE)


def started(job: JobId, engine: str, delivery: int = 1) -> Started:
    """Return the news that an engine has begun."""
    return Started(job=job, attempt=Attempt(1, delivery), engine=engine)


def painted_event(job: JobId) -> Painted:
    """Return the news that a job is painted, its pictures told apart from it."""
    return Painted(job=job, attempt=Attempt(1, 1), engine="e", results=(), seconds=1)


def failed(job: JobId, reason: str = "It did not work out.") -> Failed:
    """Return the news that a job cannot be painted."""
    return Failed(job=job, reason=reason)


def ids(jobs: Sequence[Job]) -> list[JobId]:
    """Return the ids of jobs, in their order."""
    return [job.id for job in jobs]
