import asyncio

from nats.aio.client import Client

from bus.connection import Bus
from bus.embedded.server import EmbeddedServer
from bus.jobs import Attempt, JobId, new_job_id
from bus.notices import Presence, Progress
from tests.bus.conftest import Connect
from tests.bus.support import kill_server, with_deadline


def progress(done: int, job: JobId) -> Progress:
    return Progress(job=job, attempt=Attempt(sequence=1, delivery=1), done=done, total=50)


async def test_progress_reaches_subscribers_in_order(bus: Bus, connect: Connect) -> None:
    job = new_job_id()
    received: asyncio.Queue[Progress] = asyncio.Queue()
    await bus.notices.on_progress(received.put_nowait)
    async with connect(name="engine") as engine:
        for done in range(50):
            await engine.notices.progress(progress(done, job))
    published = [progress(done, job) for done in range(50)]
    assert [await with_deadline(received.get()) for _ in range(50)] == published


async def test_progress_without_a_subscriber_is_dropped(bus: Bus, server: EmbeddedServer) -> None:
    job = new_job_id()
    await bus.notices.progress(progress(1, job))
    await kill_server(server)
    for done in range(200):
        await with_deadline(bus.notices.progress(progress(done, job)))
    received: asyncio.Queue[Progress] = asyncio.Queue()
    await server.start()
    async with Bus.connect(server.url, name="bot") as bot:
        await bot.notices.on_progress(received.put_nowait)
        await with_deadline(_publish_until_received(bus, progress(200, job), received))
    assert received.get_nowait().done == 200, "nothing is published late"


async def test_presence_reaches_subscribers(bus: Bus, connect: Connect) -> None:
    received: asyncio.Queue[Presence] = asyncio.Queue()
    await bus.notices.on_presence(received.put_nowait)
    here = Presence(engine="e1", name="host", device="cpu", profiles=("draft",))
    async with connect(name="engine") as engine:
        await engine.notices.announce(here)
    assert await with_deadline(received.get()) == here


async def test_a_ping_reaches_every_engine(bus: Bus, connect: Connect) -> None:
    called = [asyncio.Event(), asyncio.Event()]
    async with connect(name="one") as one, connect(name="two") as two:
        await one.notices.on_ping(called[0].set)
        await two.notices.on_ping(called[1].set)
        await bus.notices.ping_engines()
        await with_deadline(asyncio.gather(*(each.wait() for each in called)))


async def test_a_subscription_survives_a_restart(bus: Bus, server: EmbeddedServer) -> None:
    received: asyncio.Queue[Progress] = asyncio.Queue()
    await bus.notices.on_progress(received.put_nowait)
    back = asyncio.Event()
    bus.on_reconnect(back.set)
    await kill_server(server)
    await server.start()
    await with_deadline(back.wait())
    said = progress(1, new_job_id())
    await bus.notices.progress(said)
    assert await with_deadline(received.get()) == said


async def test_after_unsubscribing_there_are_no_callbacks(bus: Bus, connect: Connect) -> None:
    received: asyncio.Queue[Progress] = asyncio.Queue()
    witness: asyncio.Queue[Progress] = asyncio.Queue()
    listening = await bus.notices.on_progress(received.put_nowait)
    await bus.notices.on_progress(witness.put_nowait)
    await listening.unsubscribe()
    async with connect(name="engine") as engine:
        await engine.notices.progress(progress(1, new_job_id()))
    await with_deadline(witness.get())
    assert received.empty()


async def test_an_undecodable_notice_is_dropped(bus: Bus, nats_client: Client) -> None:
    received: asyncio.Queue[Progress] = asyncio.Queue()
    await bus.notices.on_progress(received.put_nowait)
    await nats_client.publish("notices.progress", b"{}")
    fine = progress(1, new_job_id())
    await nats_client.flush()
    await bus.notices.progress(fine)
    assert await with_deadline(received.get()) == fine


async def test_a_cancel_is_confirmed_by_the_engine_that_paints(bus: Bus, connect: Connect) -> None:
    job, received = new_job_id(), asyncio.Event()
    async with connect(name="engine") as engine, engine.notices.on_cancel(job, received.set):
        assert await bus.notices.cancel(job) is True
        assert received.is_set()
        assert await bus.notices.cancel(new_job_id()) is False


async def test_a_cancel_without_an_engine_is_not_confirmed(bus: Bus, connect: Connect) -> None:
    job = new_job_id()
    async with connect(name="engine") as engine:
        async with engine.notices.on_cancel(job, lambda: None):
            pass
        await engine.jobs.queued()  # the server reads in order: it has read the end of listening too
        assert await with_deadline(bus.notices.cancel(job)) is False


async def test_a_cancel_while_the_bus_is_away_is_not_confirmed(bus: Bus, server: EmbeddedServer) -> None:
    await kill_server(server)
    assert await with_deadline(bus.notices.cancel(new_job_id())) is False


async def test_a_cancel_subscription_survives_a_restart(bus: Bus, server: EmbeddedServer) -> None:
    job, received = new_job_id(), asyncio.Event()
    await kill_server(server)
    back = asyncio.Event()
    bus.on_reconnect(back.set)
    async with bus.notices.on_cancel(job, received.set):
        await server.start()
        await with_deadline(back.wait())
        async with Bus.connect(server.url, name="bot") as bot:
            assert await bot.notices.cancel(job) is True
    assert received.is_set()


async def _publish_until_received(bus: Bus, notice: Progress, received: "asyncio.Queue[Progress]") -> None:
    """Publish the notice until it is received."""
    while received.empty():
        await bus.notices.progress(notice)
        await asyncio.sleep(0.02)
