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

TICK = 1.0
"""Seconds between two looks of the loops that wait for a time to come."""


@dataclass(frozen=True, kw_only=True, slots=True)
class BotApp:
    """The bot, wired: `client` speaks with Discord, `background` with the bus and the disk."""

    client: OutcropClient
    background: Callable[[], Coroutine[Any, Any, None]]
    """Runs for ever, beside the client."""
    health: Callable[[], Mapping[str, bool]]
    """Tells which parts that everything depends on are alive."""
    meters: BotMetrics


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
    watched: Callable[["BotApp"], AbstractAsyncContextManager[None]],
) -> None:
    """Run the bot until it is cancelled, within what `watched` makes of it.

    Raises InvalidToken, HistoryUnusable.
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
        ) as house,
        watched(house),
        house.client,
    ):
        background = asyncio.create_task(house.background())
        online = asyncio.create_task(house.client.start(token))
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
    """Make every part and hand each what it needs; the data folder holds history and pictures."""
    async with Database.open(data / "history.sqlite") as database:
        jobs, deliveries = Jobs(database), Deliveries(database)
        store = PictureStore(data / "pictures")
        album = UserResults(database, store)
        await store.delete_partial_files()

        in_line, cancelled, reconcile = Wakeup("jobs in line"), Wakeup("cancels"), Wakeup("the bus is back")
        changed = Wakeup("news for status messages", external_wait, min_interval=REFRESH_MIN_INTERVAL)
        ended = Wakeup("answers owed", external_wait)

        client = OutcropClient(key_values=KeyValueStore(database), guild=guild, announce=announce)
        messenger = Messenger(client)

        roster = EngineRegistry(on_change=lambda: _ring(in_line, changed))
        dispatcher = Dispatcher(
            jobs=jobs,
            store=store,
            bus=bus,
            registry=roster,
            limits=limits,
            wakeup=in_line,
            status_wakeup=changed,
        )
        statistics = Statistics(database)
        meters = BotMetrics(statistics=statistics, registry=roster, bus=bus)
        listener = EventConsumer(
            jobs=jobs,
            store=store,
            bus=bus,
            dispatcher=dispatcher,
            registry=roster,
            limits=limits,
            metrics=meters,
            on_end=lambda: _ring(ended, in_line, changed),
            status_wakeup=changed,
        )
        reconciler = Reconciler(
            jobs=jobs, bus=bus, dispatcher=dispatcher, event_consumer=listener, wakeup=reconcile
        )
        canceller = Canceller(jobs=jobs, bus=bus, wakeup=cancelled)
        board = StatusUpdater(jobs=jobs, messenger=messenger, registry=roster, wakeup=changed)
        fitter = UploadEncoder(store)
        delivery = Outbox(deliveries=deliveries, encoder=fitter, messenger=messenger, wakeup=ended)
        intake = Intake(
            jobs=jobs,
            store=store,
            fetch=fetch,
            limits=limits,
            decoder=decoder,
            painter=painter,
            in_line=lambda: _ring(in_line, changed),
            refused=ended,
        )
        requests = RequestHandler(
            jobs=jobs,
            deliveries=deliveries,
            intake=intake,
            messenger=messenger,
            limits=limits,
            cancelled=lambda: _ring(cancelled, ended, changed),
            changed=changed,
        )
        context = BotContext(
            requests=requests,
            intake=intake,
            jobs=jobs,
            results=album,
            deliveries=deliveries,
            encoder=fitter,
            messenger=messenger,
            queue=QueueStatus(jobs=jobs, statistics=statistics, registry=roster, fraction=board.fraction),
            forms=WeakValueDictionary(),
        )
        client.attach(context, [board.run, delivery.run])
        loops = [dispatcher.run, reconciler.run, listener.run, canceller.run, intake.resume]
        loops += [partial(changed.set_every, TICK), partial(ended.set_every, TICK)]
        if limits.keep is not None:
            loops.append(Retention(results=album, keep=limits.keep).run)

        def hear_progress(progress: Progress) -> None:
            board.on_progress(progress)
            changed.set()

        bus.on_reconnect(reconcile.set)
        await bus.notices.on_presence(roster.on_presence)
        await bus.notices.on_progress(hear_progress)
        await bus.notices.ping_engines()
        yield BotApp(
            client=client,
            background=partial(_run_all, loops),
            health=lambda: {
                "gateway": client.online,
                "dispatcher": dispatcher.alive,
                "bus": bus.connected,
            },
            meters=meters,
        )


def _ring(*alarms: Wakeup) -> None:
    for alarm in alarms:
        alarm.set()


async def _run_all(loops: Sequence[Callable[[], Coroutine[Any, Any, None]]]) -> None:
    async with asyncio.TaskGroup() as tasks:
        for loop in loops:
            tasks.create_task(loop())
