import asyncio
import signal
from pathlib import Path

import pytest
from nats.aio.client import Client

from bus.connection import Bus
from bus.embedded.address import Address
from bus.embedded.server import EmbeddedServer
from bus.errors import BusAccessDenied, BusUnavailable
from bus.transport.stream_table import STREAMS
from tests.bus.conftest import Connect
from tests.bus.support import kill_server, make_job, submit_with_retry, with_deadline


async def test_a_wrong_token_is_refused_at_once(server: EmbeddedServer) -> None:
    port = server.url.rpartition(":")[2]
    with pytest.raises(BusAccessDenied, match="token"):
        async with asyncio.timeout(15), Bus.connect(f"nats://wrong@127.0.0.1:{port}", name="test"):
            pass


async def test_no_token_is_refused(server: EmbeddedServer) -> None:
    with pytest.raises(BusAccessDenied):
        async with asyncio.timeout(15), Bus.connect(f"nats://{server.url.rpartition('@')[2]}", name="test"):
            pass


async def test_an_invalid_url_is_refused_without_repeating_its_secret() -> None:
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
        assert await with_deadline(connecting)
    finally:
        await server.stop()


async def test_waiting_for_a_server_can_be_cancelled() -> None:
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.2), Bus.connect(Address.new().url, name="test"):
            pass


async def test_the_bus_reconnects_to_a_server_that_was_killed(bus: Bus, server: EmbeddedServer) -> None:
    back = asyncio.Event()
    bus.on_reconnect(back.set)
    job = make_job()
    await bus.jobs.submit(job)
    await kill_server(server)
    await server.start()
    await with_deadline(back.wait())
    assert await bus.jobs.queued() == {job.id}


async def test_a_pending_request_fails_as_soon_as_the_server_is_gone(
    bus: Bus, server: EmbeddedServer
) -> None:
    assert server.process is not None
    server.process.send_signal(signal.SIGSTOP)  # it takes the request, and does not answer
    asking = asyncio.create_task(bus.jobs.queued())
    await asyncio.sleep(0)
    await kill_server(server)
    with pytest.raises(BusUnavailable):
        async with asyncio.timeout(2):
            await asking


async def test_every_stream_exists_as_configured(bus: Bus, nats_client: Client) -> None:
    for wanted in STREAMS:
        found = (await nats_client.jetstream().stream_info(wanted.name or "")).config
        assert (found.subjects, found.max_bytes, found.max_age) == (
            wanted.subjects,
            wanted.max_bytes,
            wanted.max_age,
        )


async def test_ensure_updates_a_stream_of_an_older_version(bus: Bus, nats_client: Client) -> None:
    job = make_job()
    await bus.jobs.submit(job)
    jetstream = nats_client.jetstream()
    older = (await jetstream.stream_info("OBJECTS")).config
    await jetstream.update_stream(older.evolve(max_bytes=1_000_000, description="an operator's note"))
    await bus.ensure()
    found = (await jetstream.stream_info("OBJECTS")).config
    assert found.max_bytes == older.max_bytes
    assert found.description == "an operator's note"
    assert await bus.jobs.queued() == {job.id}


async def test_ensure_recreates_deleted_streams_and_consumers(bus: Bus, nats_client: Client) -> None:
    assert await bus.jobs.lease(["draft"], 0.1) is None
    for wanted in STREAMS:
        await nats_client.jetstream().delete_stream(wanted.name or "")
    await bus.ensure()
    assert (await nats_client.jetstream().consumer_info("JOBS", "engines-draft")).config.max_deliver == -1


async def test_two_processes_may_ensure_at_the_same_time(server: EmbeddedServer) -> None:
    async with asyncio.timeout(15):
        async with asyncio.TaskGroup() as group:
            for number in range(4):
                group.create_task(_submit_one(server.url, f"process {number}"))
        async with Bus.connect(server.url, name="test") as bus:
            assert len(await bus.jobs.queued()) == 4


async def test_a_changed_ack_wait_takes_effect(server: EmbeddedServer, nats_client: Client) -> None:
    for ack_wait in (20.0, 40.0):
        async with Bus.connect(server.url, name="engine", ack_wait=ack_wait) as engine:
            assert await engine.jobs.lease(["draft"], 0.05) is None
        consumer = await nats_client.jetstream().consumer_info("JOBS", "engines-draft")
        assert consumer.config.ack_wait == ack_wait


async def test_the_bus_is_writable_only_while_the_server_answers(bus: Bus, server: EmbeddedServer) -> None:
    assert await bus.is_writable()
    await kill_server(server)
    assert not await with_deadline(bus.is_writable())


async def test_checking_that_streams_are_writable_keeps_their_messages(bus: Bus, connect: Connect) -> None:
    job = make_job()
    await bus.jobs.submit(job)
    assert await bus.is_writable()
    assert await bus.jobs.queued() == {job.id}


async def _submit_one(url: str, name: str) -> None:
    async with Bus.connect(url, name=name) as bus:
        await submit_with_retry(bus, make_job())
