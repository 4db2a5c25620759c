"""Carry picture bytes between bot and engine."""

import asyncio
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from hashlib import sha256
from typing import TypeVar

from pydantic import BaseModel, ConfigDict, NonNegativeInt, ValidationError

from bus.errors import ObjectMissing
from bus.jobs import JobId
from bus.streams import OBJECTS, named_job, object_subject
from bus.transport.client import JetStreamClient
from pictures.recipe import Sha256

CHUNK = 128 * 1024
"""Bytes in one message; nats-server takes up to 1 MB."""

CONCURRENCY = 8
"""Chunks on their way at the same time, so that they share their round trips."""

T = TypeVar("T")

_NAME = re.compile(r"([0-9a-f]{16})/([A-Za-z0-9_-]+(?:/[A-Za-z0-9_-]+)*)")


class Manifest(BaseModel):
    """What an object's chunks must add up to."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    sha256: Sha256
    size: NonNegativeInt

    @property
    def chunks(self) -> int:
        """How many messages carry the bytes."""
        return -(-self.size // CHUNK)


class ObjectStore:
    """Named bytes that live until their job's objects are deleted; names are `<job>/<what>`.

    Chunks lie on subjects made of their job and the SHA-256 of the whole, the last message on a subject
    holds, and the manifest is written last: an interrupted put shows nothing, putting again overwrites what
    it left, and deleting the job's objects finds all of it. (nats-py's own object store leaves such chunks
    under random names, and its get() waits for ever when one is missing.)
    """

    def __init__(self, link: JetStreamClient) -> None:
        self._link = link

    async def put(self, name: str, data: bytes) -> None:
        """Store the bytes, riding out restarts, wiped stores and a full store; cancel it to give up."""
        job, subject = _place(name)
        manifest = Manifest(sha256=await asyncio.to_thread(_digest, data), size=len(data))

        async def put_chunk(index: int) -> None:
            chunk = data[index * CHUNK : (index + 1) * CHUNK]
            await self._link.store(_chunk_subject(job, manifest, index), chunk)

        async def once() -> None:
            async for _ in _bounded_gather(put_chunk, manifest.chunks):
                pass
            await self._link.store(subject, manifest.model_dump_json().encode())

        await self._link.persist(once)

    async def get(self, name: str) -> bytes:
        """Return the bytes as they were put, riding out restarts.

        Raises ObjectMissing if there is no such object, or if a chunk of it is missing or damaged.
        """
        job, subject = _place(name)
        manifest = await self._manifest(name, subject)

        async def get_chunk(index: int) -> bytes | None:
            return await self._load(_chunk_subject(job, manifest, index))

        data = bytearray()
        async for chunk in _bounded_gather(get_chunk, manifest.chunks):
            if chunk is None:
                raise ObjectMissing(f"A part of {name} is not in the store; put it there again.")
            data += chunk
        if await asyncio.to_thread(_digest, data) != manifest.sha256:
            raise ObjectMissing(f"{name} is damaged in the store; put it there again.")
        return bytes(data)

    async def delete_job(self, job: JobId) -> None:
        """Delete every object of the job, and what interrupted puts left of it. Raises BusUnavailable."""
        await self._link.run(lambda: self._link.purge(OBJECTS, object_subject(job, ">")))

    async def jobs(self) -> set[JobId]:
        """Return the ids of all jobs that have objects, or parts of one. Raises BusUnavailable."""
        subjects = await self._link.run(lambda: self._link.subjects(OBJECTS, "objects.>"))
        return {job for subject in subjects if (job := named_job(subject))}

    async def _manifest(self, name: str, subject: str) -> Manifest:
        data = await self._load(subject)
        if data is None:
            raise ObjectMissing(f"{name} is not in the store; put it there again.")
        try:
            return Manifest.model_validate_json(data)
        except ValidationError as error:
            raise ObjectMissing(f"{name} is damaged in the store; put it there again.") from error

    async def _load(self, subject: str) -> bytes | None:
        return await self._link.persist(lambda: self._link.last(OBJECTS, subject, direct=True))


async def _bounded_gather(call: Callable[[int], Awaitable[T]], count: int) -> AsyncIterator[T]:
    """Yield what the calls for 0, 1, … return, in their order; raises what the first that failed raised."""
    for start in range(0, count, CONCURRENCY):
        calls = (call(index) for index in range(start, min(count, start + CONCURRENCY)))
        for outcome in await asyncio.gather(*calls, return_exceptions=True):
            if isinstance(outcome, BaseException):
                raise outcome
            yield outcome


def _place(name: str) -> tuple[JobId, str]:
    match = _NAME.fullmatch(name)
    if match is None:
        raise ValueError(f"An object is named <job>/<what>, not {name!r}.")
    job, what = match.groups()
    return job, object_subject(job, "name", *what.split("/"))


def _chunk_subject(job: JobId, manifest: Manifest, index: int) -> str:
    return object_subject(job, "chunk", manifest.sha256, str(index))


def _digest(data: bytes | bytearray) -> str:
    return sha256(data).hexdigest()
