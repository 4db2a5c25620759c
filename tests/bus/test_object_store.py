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
from bus.object_store import CHUNK_BYTES
from tests.bus.support import kill_server, wait_until, wipe_store, with_deadline


@pytest.mark.parametrize("size", [0, 1, CHUNK_BYTES - 1, CHUNK_BYTES, CHUNK_BYTES + 1, 5_000_000])
async def test_an_object_is_read_byte_for_byte(bus: Bus, size: int) -> None:
    name, data = f"{new_job_id()}/source", os.urandom(size)
    await bus.objects.put(name, data)
    assert await bus.objects.get(name) == data


async def test_an_object_that_was_never_put_is_missing(bus: Bus) -> None:
    with pytest.raises(ObjectMissing):
        await with_deadline(bus.objects.get(f"{new_job_id()}/source"))


async def test_the_last_put_wins(bus: Bus) -> None:
    name = f"{new_job_id()}/source"
    for data in (b"first" * CHUNK_BYTES, b"second"):
        await bus.objects.put(name, data)
    assert await bus.objects.get(name) == b"second"


async def test_an_object_with_a_missing_chunk_is_missing(bus: Bus, nats_client: Client) -> None:
    job = new_job_id()
    await bus.objects.put(f"{job}/source", os.urandom(3 * CHUNK_BYTES))
    await nats_client.jetstream().purge_stream("OBJECTS", subject=f"objects.{job}.chunk.*.1")
    with pytest.raises(ObjectMissing):
        await with_deadline(bus.objects.get(f"{job}/source"))


@pytest.mark.parametrize("part", ["chunk", "name"])
async def test_a_damaged_object_is_missing_until_put_again(bus: Bus, nats_client: Client, part: str) -> None:
    job, data = new_job_id(), os.urandom(CHUNK_BYTES)
    await bus.objects.put(f"{job}/source", data)
    stored = await nats_client.jetstream().stream_info("OBJECTS", subjects_filter=f"objects.{job}.{part}.>")
    (subject,) = stored.state.subjects or {}
    await nats_client.jetstream().publish(subject, b"{}")
    with pytest.raises(ObjectMissing):
        await with_deadline(bus.objects.get(f"{job}/source"))
    await bus.objects.put(f"{job}/source", data)
    assert await bus.objects.get(f"{job}/source") == data


async def test_reading_leaves_no_consumer_behind(bus: Bus, nats_client: Client) -> None:
    name = f"{new_job_id()}/source"
    await bus.objects.put(name, os.urandom(2 * CHUNK_BYTES))
    for _ in range(3):
        await bus.objects.get(name)
    assert (await nats_client.jetstream().stream_info("OBJECTS")).state.consumer_count == 0


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


async def test_interrupted_puts_show_nothing_and_do_not_pile_up(bus: Bus, nats_client: Client) -> None:
    job, data = new_job_id(), os.urandom(20 * CHUNK_BYTES)
    for _ in range(5):
        putting = asyncio.create_task(bus.objects.put(f"{job}/source", data))
        await wait_until(partial(_holds, nats_client, 1))
        putting.cancel()
        await asyncio.gather(putting, return_exceptions=True)
    with pytest.raises(ObjectMissing):
        await bus.objects.get(f"{job}/source")
    assert (await nats_client.jetstream().stream_info("OBJECTS")).state.messages <= 20
    assert await bus.objects.jobs() == {job}, "what they left is found by its job"
    await bus.objects.delete_job(job)
    assert (await nats_client.jetstream().stream_info("OBJECTS")).state.messages == 0


async def test_putting_and_getting_wait_for_a_restart(bus: Bus, server: EmbeddedServer) -> None:
    name, data = f"{new_job_id()}/source", os.urandom(5 * CHUNK_BYTES)
    await kill_server(server)
    putting = asyncio.create_task(bus.objects.put(name, data))
    await asyncio.sleep(0)
    await server.start()
    await with_deadline(putting)
    await kill_server(server)
    getting = asyncio.create_task(bus.objects.get(name))
    await asyncio.sleep(0)
    await server.start()
    assert await with_deadline(getting) == data


async def test_putting_waits_while_the_store_is_full(bus: Bus, nats_client: Client) -> None:
    jetstream = nats_client.jetstream()
    filler, name, data = new_job_id(), f"{new_job_id()}/source", os.urandom(2 * CHUNK_BYTES)
    await bus.objects.put(f"{filler}/source", data)
    config = (await jetstream.stream_info("OBJECTS")).config
    await jetstream.update_stream(config.evolve(max_bytes=3 * CHUNK_BYTES + 4096))
    putting = asyncio.create_task(bus.objects.put(name, data))
    await wait_until(partial(_holds, nats_client, 4))
    assert not putting.done()
    await bus.objects.delete_job(filler)
    await with_deadline(putting)
    assert await bus.objects.get(name) == data


async def test_after_the_store_was_wiped_an_object_is_missing_and_can_be_put(
    bus: Bus, server: EmbeddedServer, folder: Path
) -> None:
    name = f"{new_job_id()}/source"
    await bus.objects.put(name, b"data")
    await wipe_store(server, folder)
    with pytest.raises(ObjectMissing):
        await with_deadline(bus.objects.get(name))
    await with_deadline(bus.objects.put(name, b"data"))
    assert await bus.objects.get(name) == b"data"


@pytest.mark.parametrize(
    "name", ["source", "../../etc/passwd", f"{'a' * 16}/", f"{'a' * 16}/*", f"{'a' * 16}/a.b"]
)
async def test_an_invalid_name_is_refused(bus: Bus, name: str) -> None:
    with pytest.raises(ValueError, match="named"):
        await bus.objects.put(name, b"")


async def _holds(nats_client: Client, messages: int) -> bool:
    return (await nats_client.jetstream().stream_info("OBJECTS")).state.messages >= messages
