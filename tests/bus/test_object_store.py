import asyncio
import os
from functools import partial
from pathlib import Path

import pytest
from nats.aio.client import Client

from bus.connection import Bus
from bus.embedded.server import EmbeddedServer
from bus.errors import ObjectMissing
from bus.jobs import new_job_id
from bus.object_store import CHUNK
from tests.bus.parts import kill, soon, until, wipe


@pytest.mark.parametrize("size", [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 5_000_000])
async def test_an_object_comes_back_byte_for_byte(bus: Bus, size: int) -> None:
    name, data = f"{new_job_id()}/source", os.urandom(size)
    await bus.objects.put(name, data)
    assert await bus.objects.get(name) == data


async def test_an_object_that_was_never_put_is_missing(bus: Bus) -> None:
    with pytest.raises(ObjectMissing):
        await soon(bus.objects.get(f"{new_job_id()}/source"))


async def test_the_last_put_holds(bus: Bus) -> None:
    name = f"{new_job_id()}/source"
    for data in (b"first" * CHUNK, b"second"):
        await bus.objects.put(name, data)
    assert await bus.objects.get(name) == b"second"


async def test_a_missing_chunk_is_told_at_once(bus: Bus, raw: Client) -> None:
    job = new_job_id()
    await bus.objects.put(f"{job}/source", os.urandom(3 * CHUNK))
    await raw.jetstream().purge_stream("OBJECTS", subject=f"objects.{job}.chunk.*.1")
    with pytest.raises(ObjectMissing):
        await soon(bus.objects.get(f"{job}/source"))


@pytest.mark.parametrize("part", ["chunk", "name"])
async def test_a_damaged_object_is_missing_until_it_is_put_again(bus: Bus, raw: Client, part: str) -> None:
    job, data = new_job_id(), os.urandom(CHUNK)
    await bus.objects.put(f"{job}/source", data)
    stored = await raw.jetstream().stream_info("OBJECTS", subjects_filter=f"objects.{job}.{part}.>")
    (subject,) = stored.state.subjects or {}
    await raw.jetstream().publish(subject, b"{}")
    with pytest.raises(ObjectMissing):
        await soon(bus.objects.get(f"{job}/source"))
    await bus.objects.put(f"{job}/source", data)
    assert await bus.objects.get(f"{job}/source") == data


async def test_reading_leaves_no_consumer_behind(bus: Bus, raw: Client) -> None:
    name = f"{new_job_id()}/source"
    await bus.objects.put(name, os.urandom(2 * CHUNK))
    for _ in range(3):
        await bus.objects.get(name)
    assert (await raw.jetstream().stream_info("OBJECTS")).state.consumer_count == 0


async def test_deleting_a_job_deletes_its_objects_only(bus: Bus) -> None:
    gone, stays = new_job_id(), new_job_id()
    for job in (gone, stays):
        await bus.objects.put(f"{job}/source", b"source")
        await bus.objects.put(f"{job}/1-1/0", b"result")
    await bus.objects.delete_job(gone)
    assert await bus.objects.jobs() == {stays}
    assert await bus.objects.get(f"{stays}/1-1/0") == b"result"
    with pytest.raises(ObjectMissing):
        await bus.objects.get(f"{gone}/source")


async def test_interrupted_puts_show_nothing_and_leave_nothing_that_grows(bus: Bus, raw: Client) -> None:
    job, data = new_job_id(), os.urandom(20 * CHUNK)
    for _ in range(5):
        putting = asyncio.create_task(bus.objects.put(f"{job}/source", data))
        await until(partial(_holds, raw, 1))
        putting.cancel()
        await asyncio.gather(putting, return_exceptions=True)
    with pytest.raises(ObjectMissing):
        await bus.objects.get(f"{job}/source")
    assert (await raw.jetstream().stream_info("OBJECTS")).state.messages <= 20
    assert await bus.objects.jobs() == {job}, "a sweep finds what they left"
    await bus.objects.delete_job(job)
    assert (await raw.jetstream().stream_info("OBJECTS")).state.messages == 0


async def test_putting_and_getting_ride_out_a_restart(bus: Bus, server: EmbeddedServer) -> None:
    name, data = f"{new_job_id()}/source", os.urandom(5 * CHUNK)
    await kill(server)
    putting = asyncio.create_task(bus.objects.put(name, data))
    await asyncio.sleep(0)
    await server.start()
    await soon(putting)
    await kill(server)
    getting = asyncio.create_task(bus.objects.get(name))
    await asyncio.sleep(0)
    await server.start()
    assert await soon(getting) == data


async def test_putting_waits_while_the_store_is_full(bus: Bus, raw: Client) -> None:
    jetstream = raw.jetstream()
    filler, name, data = new_job_id(), f"{new_job_id()}/source", os.urandom(2 * CHUNK)
    await bus.objects.put(f"{filler}/source", data)
    config = (await jetstream.stream_info("OBJECTS")).config
    await jetstream.update_stream(config.evolve(max_bytes=3 * CHUNK + 4096))
    putting = asyncio.create_task(bus.objects.put(name, data))
    await until(partial(_holds, raw, 4))
    assert not putting.done()
    await bus.objects.delete_job(filler)
    await soon(putting)
    assert await bus.objects.get(name) == data


async def test_after_the_store_was_wiped_an_object_is_missing_and_can_be_put(
    bus: Bus, server: EmbeddedServer, folder: Path
) -> None:
    name = f"{new_job_id()}/source"
    await bus.objects.put(name, b"data")
    await wipe(server, folder)
    with pytest.raises(ObjectMissing):
        await soon(bus.objects.get(name))
    await soon(bus.objects.put(name, b"data"))
    assert await bus.objects.get(name) == b"data"


@pytest.mark.parametrize(
    "name", ["source", "../../etc/passwd", f"{'a' * 16}/", f"{'a' * 16}/*", f"{'a' * 16}/a.b"]
)
async def test_a_name_that_is_none_is_refused(bus: Bus, name: str) -> None:
    with pytest.raises(ValueError, match="named"):
        await bus.objects.put(name, b"")


async def _holds(raw: Client, messages: int) -> bool:
    return (await raw.jetstream().stream_info("OBJECTS")).state.messages >= messages
