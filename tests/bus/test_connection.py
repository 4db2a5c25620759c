import asyncio
import signal
from pathlib import Path

import pytest
from nats.aio.client import Client

from bus.connection import Bus
from bus.embedded.address import Address
from bus.embedded.server import EmbeddedServer
from bus.errors import BusAccessDenied, BusUnavailable
from bus.streams import STREAMS
from tests.bus.conftest import Connect
from tests.bus.parts import a_job, kill, soon, submitted


async def test_a_wrong_token_is_refused_at_once(server: EmbeddedServer) -> None:
    port = server.url.rpartition(":")[2]
    with pytest.raises(BusAccessDenied, match="token"):
        async with asyncio.timeout(15), Bus.connect(f"nats://wrong@127.0.0.1:{port}", name="test"):
            pass


async def test_no_token_is_refused(server: EmbeddedServer) -> None:
    with pytest.raises(BusAccessDenied):
        async with asyncio.timeout(15), Bus.connect(f"nats://{server.url.rpartition('@')[2]}", name="test"):
            pass


async def test_an_address_that_is_none_is_refused_without_repeating_it() -> None:
    with pytest.raises(BusAccessDenied, match="nats://TOKEN@host:port") as caught:
        async with Bus.connect("nats://secret@:port", name="test"):
            pass
    assert "secret" not in str(caught.value)


async def test_connecting_waits_for_the_server(folder: Path) -> None:
    server = EmbeddedServer(folder)
    url = await server.start()
    await server.stop()

    async def connected() -> bool:
        async with Bus.connect(url, name="test") as bus:
            return await bus.is_writable()

    connecting = asyncio.create_task(connected())
    await asyncio.sleep(0.1)
    assert not connecting.done()
    await server.start()
    try:
        assert await soon(connecting)
    finally:
        await server.stop()


async def test_waiting_for_a_server_can_be_given_up() -> None:
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.2), Bus.connect(Address.new().url, name="test"):
            pass


async def test_a_server_that_was_killed_is_found_again(bus: Bus, server: EmbeddedServer) -> None:
    back = asyncio.Event()
    bus.on_reconnect(back.set)
    job = a_job()
    await bus.jobs.submit(job)
    await kill(server)
    await server.start()
    await soon(back.wait())
    assert await bus.jobs.queued() == {job.id}


async def test_a_request_under_way_ends_as_soon_as_the_server_is_gone(
    bus: Bus, server: EmbeddedServer
) -> None:
    assert server.process is not None
    server.process.send_signal(signal.SIGSTOP)  # it takes the request, and does not answer
    asking = asyncio.create_task(bus.jobs.queued())
    await asyncio.sleep(0)
    await kill(server)
    with pytest.raises(BusUnavailable):
        async with asyncio.timeout(2):
            await asking


async def test_every_stream_exists_as_the_table_says(bus: Bus, raw: Client) -> None:
    for wanted in STREAMS:
        found = (await raw.jetstream().stream_info(wanted.name or "")).config
        assert (found.subjects, found.max_bytes, found.max_age) == (
            wanted.subjects,
            wanted.max_bytes,
            wanted.max_age,
        )


async def test_ensure_brings_a_stream_of_an_older_program_up_to_date(bus: Bus, raw: Client) -> None:
    job = a_job()
    await bus.jobs.submit(job)
    jetstream = raw.jetstream()
    older = (await jetstream.stream_info("OBJECTS")).config
    await jetstream.update_stream(older.evolve(max_bytes=1_000_000, description="an operator's note"))
    await bus.ensure()
    found = (await jetstream.stream_info("OBJECTS")).config
    assert found.max_bytes == older.max_bytes
    assert found.description == "an operator's note"
    assert await bus.jobs.queued() == {job.id}


async def test_ensure_makes_deleted_streams_and_consumers_again(bus: Bus, raw: Client) -> None:
    assert await bus.jobs.lease(["draft"], 0.1) is None
    for wanted in STREAMS:
        await raw.jetstream().delete_stream(wanted.name or "")
    await bus.ensure()
    assert (await raw.jetstream().consumer_info("JOBS", "engines-draft")).config.max_deliver == -1


async def test_two_processes_may_ensure_at_the_same_time(server: EmbeddedServer) -> None:
    async with asyncio.timeout(15):
        async with asyncio.TaskGroup() as group:
            for number in range(4):
                group.create_task(_submit_one(server.url, f"process {number}"))
        async with Bus.connect(server.url, name="test") as bus:
            assert len(await bus.jobs.queued()) == 4


async def test_a_lease_of_another_length_takes_effect(server: EmbeddedServer, raw: Client) -> None:
    for ack_wait in (20.0, 40.0):
        async with Bus.connect(server.url, name="engine", ack_wait=ack_wait) as engine:
            assert await engine.jobs.lease(["draft"], 0.05) is None
        assert (await raw.jetstream().consumer_info("JOBS", "engines-draft")).config.ack_wait == ack_wait


async def test_jetstream_is_ok_only_while_the_server_answers(bus: Bus, server: EmbeddedServer) -> None:
    assert await bus.is_writable()
    await kill(server)
    assert not await soon(bus.is_writable())


async def test_probing_the_streams_leaves_their_messages(bus: Bus, connect: Connect) -> None:
    job = a_job()
    await bus.jobs.submit(job)
    assert await bus.is_writable()
    assert await bus.jobs.queued() == {job.id}


async def _submit_one(url: str, name: str) -> None:
    async with Bus.connect(url, name=name) as bus:
        await submitted(bus, a_job())
