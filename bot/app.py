"""Wire the parts of the bot together, by hand."""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any
from weakref import WeakValueDictionary

import aiohttp
import discord

from bot.client import OutcropClient
from bot.context import BotContext
from bot.errors import InvalidToken
from bot.history.database import Database
from bot.history.deliveries import Deliveries
from bot.history.jobs import Jobs
from bot.history.key_values import KeyValueStore
from bot.history.picture_store import PictureStore
from bot.history.retention import Retention
from bot.history.statistics import Statistics
from bot.history.user_results import UserResults
from bot.inbound.download import Downloader
from bot.inbound.handler import RequestHandler
from bot.inbound.intake import Fetch, Intake
from bot.limits import BotLimits
from bot.metrics import BotMetrics
from bot.outbound.messenger import Messenger
from bot.outbound.outbox import Outbox
from bot.outbound.status import REFRESH_MIN_INTERVAL, StatusUpdater
from bot.outbound.upload import UploadEncoder
from bot.queue.canceller import Canceller
from bot.queue.dispatcher import Dispatcher
from bot.queue.event_consumer import EventConsumer
from bot.queue.queue_status import QueueStatus
from bot.queue.reconciler import Reconciler
from bot.wakeup import ExternalWait, Wakeup, plain_wait
from bus.connection import Bus
from bus.engine_registry import EngineRegistry
from bus.notices import Progress
from pictures.decoder_process.client import Decoder

TIMED_WORK_INTERVAL = 1.0
"""Seconds between two wake-ups of the loops that do something at a given time."""


@dataclass(frozen=True, kw_only=True, slots=True)
class BotApp:
    """The assembled bot: `client` talks to Discord, `background` to the bus and the disk."""

    client: OutcropClient
    background: Callable[[], Coroutine[Any, Any, None]]
    """Runs until it is cancelled, at the same time as the client."""
    health: Callable[[], Mapping[str, bool]]
    """Returns, for each part that everything depends on, whether it is alive."""
    metrics: BotMetrics


async def run_bot(
    *,
    token: str,
    bus: Bus,
    data: Path,
    limits: BotLimits,
    decoder: Decoder,
    painter: str,
    guild: int | None,
    announce: Callable[[str], None],
    monitored: Callable[["BotApp"], AbstractAsyncContextManager[None]],
) -> None:
    """Run the bot until it is cancelled, inside the context manager that `monitored` returns for it.

    Raises InvalidToken or HistoryUnusable.
    """
    async with (
        aiohttp.ClientSession() as session,
        build_bot(
            bus=bus,
            data=data,
            limits=limits,
            decoder=decoder,
            painter=painter,
            fetch=Downloader(session),
            guild=guild,
            announce=announce,
        ) as app,
        monitored(app),
        app.client,
    ):
        background = asyncio.create_task(app.background())
        online = asyncio.create_task(app.client.start(token))
        try:
            # Neither ends by itself; whichever fails takes the other with it.
            await asyncio.wait({background, online}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in (background, online):
                task.cancel()
            ended = await asyncio.gather(background, online, return_exceptions=True)
        for error in ended:
            if isinstance(error, discord.LoginFailure):
                raise InvalidToken("Discord does not accept DISCORD_TOKEN.") from error
            if isinstance(error, Exception):
                raise error


@asynccontextmanager
async def build_bot(
    *,
    bus: Bus,
    data: Path,
    limits: BotLimits,
    decoder: Decoder,
    painter: str,
    fetch: Fetch,
    guild: int | None = None,
    announce: Callable[[str], None] = lambda _: None,
    external_wait: ExternalWait = plain_wait,
) -> AsyncIterator[BotApp]:
    """Build every part and pass it what it needs; the folder `data` holds the history and the pictures."""
    async with Database.open(data / "history.sqlite") as database:
        jobs, deliveries = Jobs(database), Deliveries(database)
        store = PictureStore(data / "pictures")
        results = UserResults(database, store)
        await store.delete_partial_files()

        job_ready, job_cancelled = Wakeup("jobs ready"), Wakeup("jobs to cancel")
        bus_reconnected = Wakeup("bus reconnects")
        status_changed = Wakeup("status changes", external_wait, min_interval=REFRESH_MIN_INTERVAL)
        job_ended = Wakeup("deliveries due", external_wait)

        client = OutcropClient(key_values=KeyValueStore(database), guild=guild, announce=announce)
        messenger = Messenger(client)

        registry = EngineRegistry(on_change=lambda: _set_all(job_ready, status_changed))
        dispatcher = Dispatcher(
            jobs=jobs,
            store=store,
            bus=bus,
            registry=registry,
            limits=limits,
            wakeup=job_ready,
            status_wakeup=status_changed,
        )
        statistics = Statistics(database)
        metrics = BotMetrics(statistics=statistics, registry=registry, bus=bus)
        event_consumer = EventConsumer(
            jobs=jobs,
            store=store,
            bus=bus,
            dispatcher=dispatcher,
            registry=registry,
            limits=limits,
            metrics=metrics,
            on_end=lambda: _set_all(job_ended, job_ready, status_changed),
            status_wakeup=status_changed,
        )
        reconciler = Reconciler(
            jobs=jobs, bus=bus, dispatcher=dispatcher, event_consumer=event_consumer, wakeup=bus_reconnected
        )
        canceller = Canceller(jobs=jobs, bus=bus, wakeup=job_cancelled)
        status_updater = StatusUpdater(
            jobs=jobs, messenger=messenger, registry=registry, wakeup=status_changed
        )
        encoder = UploadEncoder(store)
        outbox = Outbox(deliveries=deliveries, encoder=encoder, messenger=messenger, wakeup=job_ended)
        intake = Intake(
            jobs=jobs,
            store=store,
            fetch=fetch,
            limits=limits,
            decoder=decoder,
            painter=painter,
            on_ready=lambda: _set_all(job_ready, status_changed),
            outbox_wakeup=job_ended,
        )
        requests = RequestHandler(
            jobs=jobs,
            deliveries=deliveries,
            intake=intake,
            messenger=messenger,
            limits=limits,
            on_cancel=lambda: _set_all(job_cancelled, job_ended, status_changed),
            status_wakeup=status_changed,
        )
        context = BotContext(
            requests=requests,
            intake=intake,
            jobs=jobs,
            results=results,
            deliveries=deliveries,
            encoder=encoder,
            messenger=messenger,
            queue=QueueStatus(
                jobs=jobs, statistics=statistics, registry=registry, fraction=status_updater.fraction
            ),
            forms=WeakValueDictionary(),
        )
        client.attach(context, [status_updater.run, outbox.run])
        loops = [dispatcher.run, reconciler.run, event_consumer.run, canceller.run, intake.resume]
        loops += [
            partial(status_changed.set_every, TIMED_WORK_INTERVAL),
            partial(job_ended.set_every, TIMED_WORK_INTERVAL),
        ]
        if limits.keep is not None:
            loops.append(Retention(results=results, keep=limits.keep).run)

        def on_progress(progress: Progress) -> None:
            status_updater.on_progress(progress)
            status_changed.set()

        bus.on_reconnect(bus_reconnected.set)
        await bus.notices.on_presence(registry.on_presence)
        await bus.notices.on_progress(on_progress)
        await bus.notices.ping_engines()
        yield BotApp(
            client=client,
            background=partial(_run_all, loops),
            health=lambda: {
                "gateway": client.online,
                "dispatcher": dispatcher.alive,
                "bus": bus.connected,
            },
            metrics=metrics,
        )


def _set_all(*wakeups: Wakeup) -> None:
    for wakeup in wakeups:
        wakeup.set()


async def _run_all(loops: Sequence[Callable[[], Coroutine[Any, Any, None]]]) -> None:
    async with asyncio.TaskGroup() as tasks:
        for loop in loops:
            tasks.create_task(loop())
