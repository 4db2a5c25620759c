import asyncio

from nats.aio.client import Client

from bus.connection import Bus
from bus.embedded.server import EmbeddedServer
from bus.jobs import Attempt, JobId, new_job_id
from bus.notices import Presence, Progress
from tests.bus.conftest import Connect
from tests.bus.parts import kill, soon


def progress(done: int, job: JobId) -> Progress:
    return Progress(job=job, attempt=Attempt(sequence=1, delivery=1), done=done, total=50)


async def test_progress_reaches_who_listens_in_its_order(bus: Bus, connect: Connect) -> None:
    job = new_job_id()
    heard: asyncio.Queue[Progress] = asyncio.Queue()
    await bus.notices.on_progress(heard.put_nowait)
    async with connect(name="engine") as engine:
        for done in range(50):
            await engine.notices.progress(progress(done, job))
    assert [await soon(heard.get()) for _ in range(50)] == [progress(done, job) for done in range(50)]


async def test_progress_that_nobody_hears_is_lost_without_an_error(bus: Bus, server: EmbeddedServer) -> None:
    job = new_job_id()
    await bus.notices.progress(progress(1, job))
    await kill(server)
    for done in range(200):
        await soon(bus.notices.progress(progress(done, job)))
    heard: asyncio.Queue[Progress] = asyncio.Queue()
    await server.start()
    async with Bus.connect(server.url, name="bot") as bot:
        await bot.notices.on_progress(heard.put_nowait)
        await soon(_said(bus, progress(200, job), heard))
    assert heard.get_nowait().done == 200, "what was said while the bus was away is not said later"


async def test_presence_is_heard(bus: Bus, connect: Connect) -> None:
    heard: asyncio.Queue[Presence] = asyncio.Queue()
    await bus.notices.on_presence(heard.put_nowait)
    here = Presence(engine="e1", name="host", device="cpu", profiles=("draft",))
    async with connect(name="engine") as engine:
        await engine.notices.announce(here)
    assert await soon(heard.get()) == here


async def test_a_roll_call_reaches_every_engine(bus: Bus, connect: Connect) -> None:
    called = [asyncio.Event(), asyncio.Event()]
    async with connect(name="one") as one, connect(name="two") as two:
        await one.notices.on_ping(called[0].set)
        await two.notices.on_ping(called[1].set)
        await bus.notices.ping_engines()
        await soon(asyncio.gather(*(each.wait() for each in called)))


async def test_listening_goes_on_after_a_restart(bus: Bus, server: EmbeddedServer) -> None:
    heard: asyncio.Queue[Progress] = asyncio.Queue()
    await bus.notices.on_progress(heard.put_nowait)
    back = asyncio.Event()
    bus.on_reconnect(back.set)
    await kill(server)
    await server.start()
    await soon(back.wait())
    said = progress(1, new_job_id())
    await bus.notices.progress(said)
    assert await soon(heard.get()) == said


async def test_after_unsubscribing_nothing_is_heard(bus: Bus, connect: Connect) -> None:
    heard: asyncio.Queue[Progress] = asyncio.Queue()
    witness: asyncio.Queue[Progress] = asyncio.Queue()
    listening = await bus.notices.on_progress(heard.put_nowait)
    await bus.notices.on_progress(witness.put_nowait)
    await listening.unsubscribe()
    async with connect(name="engine") as engine:
        await engine.notices.progress(progress(1, new_job_id()))
    await soon(witness.get())
    assert heard.empty()


async def test_a_notice_that_cannot_be_read_is_dropped(bus: Bus, raw: Client) -> None:
    heard: asyncio.Queue[Progress] = asyncio.Queue()
    await bus.notices.on_progress(heard.put_nowait)
    await raw.publish("notices.progress", b"{}")
    fine = progress(1, new_job_id())
    await raw.flush()
    await bus.notices.progress(fine)
    assert await soon(heard.get()) == fine


async def test_a_cancel_is_answered_by_the_engine_that_paints(bus: Bus, connect: Connect) -> None:
    job, heard = new_job_id(), asyncio.Event()
    async with connect(name="engine") as engine, engine.notices.on_cancel(job, heard.set):
        assert await bus.notices.cancel(job) is True
        assert heard.is_set()
        assert await bus.notices.cancel(new_job_id()) is False


async def test_a_cancel_without_an_engine_is_told_so(bus: Bus, connect: Connect) -> None:
    job = new_job_id()
    async with connect(name="engine") as engine:
        async with engine.notices.on_cancel(job, lambda: None):
            pass
        await engine.jobs.queued()  # the server reads in order: it has read the end of listening too
        assert await soon(bus.notices.cancel(job)) is False


async def test_a_cancel_while_the_bus_is_away_is_not_heard(bus: Bus, server: EmbeddedServer) -> None:
    await kill(server)
    assert await soon(bus.notices.cancel(new_job_id())) is False


async def test_listening_for_a_cancel_outlives_a_restart(bus: Bus, server: EmbeddedServer) -> None:
    job, heard = new_job_id(), asyncio.Event()
    await kill(server)
    back = asyncio.Event()
    bus.on_reconnect(back.set)
    async with bus.notices.on_cancel(job, heard.set):
        await server.start()
        await soon(back.wait())
        async with Bus.connect(server.url, name="bot") as bot:
            assert await bot.notices.cancel(job) is True
    assert heard.is_set()


async def _said(bus: Bus, notice: Progress, heard: "asyncio.Queue[Progress]") -> None:
    """Say it until it is heard."""
    while heard.empty():
        await bus.notices.progress(notice)
        await asyncio.sleep(0.02)
