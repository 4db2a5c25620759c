"""Carry the bytes of pictures between bot and engine."""

import asyncio
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from hashlib import sha256
from typing import TypeVar

from pydantic import BaseModel, ConfigDict, NonNegativeInt, ValidationError

from bus.errors import ObjectMissing
from bus.jobs import JobId
from bus.streams import OBJECTS, job_of, object_subject
from bus.transport.client import JetStreamClient
from pictures.recipe import Sha256

CHUNK_BYTES = 128 * 1024
"""In one message; nats-server takes up to 1 MB, and small ones let other messages pass in between."""

CONCURRENCY = 8
"""Chunks in flight at once: each is acknowledged, and waiting for them one by one costs a round trip each."""

T = TypeVar("T")

_NAME = re.compile(r"([0-9a-f]{16})/([A-Za-z0-9_-]+(?:/[A-Za-z0-9_-]+)*)")


class Manifest(BaseModel):
    """What an object's chunks must add up to."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    sha256: Sha256
    size: NonNegativeInt

    @property
    def chunks(self) -> int:
        """How many chunks the bytes take."""
        return -(-self.size // CHUNK_BYTES)


class ObjectStore:
    """Named bytes, kept until their job's objects are deleted; names are `<job>/<name>`.

    A chunk's subject is made of its job and the SHA-256 of all the bytes, the last message on a subject wins,
    and the manifest is written last. So an interrupted put shows nothing, putting again overwrites what it
    left, and deleting the job's objects finds all of it. (nats-py's own object store leaves such chunks under
    random names, and its get() never returns when one is missing.)
    """

    def __init__(self, client: JetStreamClient) -> None:
        self._client = client

    async def put(self, name: str, data: bytes) -> None:
        """Store the bytes, across restarts, wiped stores and full disks; cancel it to give up."""
        job, subject = _parse_name(name)
        manifest = Manifest(sha256=await asyncio.to_thread(_digest, data), size=len(data))

        async def put_chunk(index: int) -> None:
            chunk = data[index * CHUNK_BYTES : (index + 1) * CHUNK_BYTES]
            await self._client.store(_chunk_subject(job, manifest, index), chunk)

        async def put_all() -> None:
            async for _ in _bounded_gather(put_chunk, manifest.chunks):
                pass
            await self._client.store(subject, manifest.model_dump_json().encode())

        await self._client.retry_until_done(put_all)

    async def get(self, name: str) -> bytes:
        """Return the bytes as they were put, across restarts.

        Raises ObjectMissing if there is no such object, or if a chunk of it is missing or damaged.
        """
        job, subject = _parse_name(name)
        manifest = await self._manifest(name, subject)

        async def get_chunk(index: int) -> bytes | None:
            return await self._load(_chunk_subject(job, manifest, index))

        data = bytearray()
        async for chunk in _bounded_gather(get_chunk, manifest.chunks):
            if chunk is None:
                raise ObjectMissing(f"A chunk of {name} is missing in the object store; put it again.")
            data += chunk
        if await asyncio.to_thread(_digest, data) != manifest.sha256:
            raise ObjectMissing(f"{name} is damaged in the object store; put it again.")
        return bytes(data)

    async def delete_job(self, job: JobId) -> None:
        """Delete every object of the job, and what interrupted puts left behind. Raises BusUnavailable."""
        await self._client.retry_after_repair(lambda: self._client.purge(OBJECTS, object_subject(job, ">")))

    async def jobs(self) -> set[JobId]:
        """Return the ids of all jobs with objects, or chunks of one. Raises BusUnavailable."""
        subjects = await self._client.retry_after_repair(lambda: self._client.subjects(OBJECTS, "objects.>"))
        return {job for subject in subjects if (job := job_of(subject))}

    async def _manifest(self, name: str, subject: str) -> Manifest:
        data = await self._load(subject)
        if data is None:
            raise ObjectMissing(f"{name} is missing in the object store; put it again.")
        try:
            return Manifest.model_validate_json(data)
        except ValidationError as error:
            raise ObjectMissing(f"{name} is damaged in the object store; put it again.") from error

    async def _load(self, subject: str) -> bytes | None:
        return await self._client.retry_until_done(lambda: self._client.last(OBJECTS, subject, direct=True))


async def _bounded_gather(call: Callable[[int], Awaitable[T]], count: int) -> AsyncIterator[T]:
    """Yield the results of call(0), call(1), … in order, CONCURRENCY at once; raises the first error."""
    for start in range(0, count, CONCURRENCY):
        calls = (call(index) for index in range(start, min(count, start + CONCURRENCY)))
        for outcome in await asyncio.gather(*calls, return_exceptions=True):
            if isinstance(outcome, BaseException):
                raise outcome
            yield outcome


def _parse_name(name: str) -> tuple[JobId, str]:
    match = _NAME.fullmatch(name)
    if match is None:
        raise ValueError(f"An object is named <job>/<name>, not {name!r}.")
    job, path = match.groups()
    return job, object_subject(job, "name", *path.split("/"))


def _chunk_subject(job: JobId, manifest: Manifest, index: int) -> str:
    return object_subject(job, "chunk", manifest.sha256, str(index))


def _digest(data: bytes | bytearray) -> str:
    return sha256(data).hexdigest()
