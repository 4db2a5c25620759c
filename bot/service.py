"""Wire the parts of the bot together, by hand."""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import aiohttp
import discord

from bot.alarm import Alarm, Park, simply
from bot.canceller import Canceller
from bot.client import OutcropClient
from bot.delivery import Delivery
from bot.desk import Desk
from bot.dispatcher import Dispatcher
from bot.download import Downloader
from bot.errors import WrongToken
from bot.fit import Fitter
from bot.history.album import Album
from bot.history.counts import Counts
from bot.history.database import Database
from bot.history.deliveries import Deliveries
from bot.history.jobs import Jobs
from bot.history.memory import Memos
from bot.history.pace import Pace
from bot.history.store import PictureStore
from bot.intake import Fetch, Intake
from bot.limits import Limits
from bot.listener import Listener
from bot.lookout import Lookout
from bot.messenger import Messenger
from bot.meters import Meters
from bot.reconciler import Reconciler
from bot.retention import Retention
from bot.roster import Roster
from bot.status import CALM, StatusBoard
from bus.connection import Bus
from bus.notices import Progress
from pictures.decoder.decoder import Decoder

TICK = 1.0
"""Seconds between two looks of the loops that wait for a time to come."""


@dataclass(frozen=True, kw_only=True, slots=True)
class House:
    """The bot, wired: `client` speaks with Discord, `background` with the bus and the disk."""

    client: OutcropClient
    background: Callable[[], Coroutine[Any, Any, None]]
    """Runs for ever, beside the client."""
    health: Callable[[], Mapping[str, bool]]
    """Tells which parts that everything depends on are alive."""
    meters: Meters


async def run_bot(
    *,
    token: str,
    bus: Bus,
    data: Path,
    limits: Limits,
    decoder: Decoder,
    painter: str,
    guild: int | None,
    announce: Callable[[str], None],
    watched: Callable[["House"], AbstractAsyncContextManager[None]],
) -> None:
    """Run the bot until it is cancelled, within what `watched` makes of it.

    Raises WrongToken, HistoryUnusable.
    """
    async with (
        aiohttp.ClientSession() as session,
        open_house(
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
                raise WrongToken("Discord does not accept DISCORD_TOKEN.") from error
            if isinstance(error, Exception):
                raise error


@asynccontextmanager
async def open_house(
    *,
    bus: Bus,
    data: Path,
    limits: Limits,
    decoder: Decoder,
    painter: str,
    fetch: Fetch,
    guild: int | None = None,
    announce: Callable[[str], None] = lambda _: None,
    park: Park = simply,
) -> AsyncIterator[House]:
    """Make every part and hand each what it needs; the data folder holds history and pictures."""
    async with Database.open(data / "history.sqlite") as database:
        jobs, deliveries = Jobs(database), Deliveries(database)
        store = PictureStore(data / "pictures")
        album = Album(database, store)
        await store.tidy()

        in_line, cancelled, reconcile = Alarm("jobs in line"), Alarm("cancels"), Alarm("the bus is back")
        changed = Alarm("news for status messages", park, calm=CALM)
        ended = Alarm("answers owed", park)

        client = OutcropClient(memory=Memos(database), guild=guild, announce=announce)
        messenger = Messenger(client)

        roster = Roster(changed=lambda: _ring(in_line, changed))
        dispatcher = Dispatcher(
            jobs=jobs, store=store, bus=bus, roster=roster, limits=limits, alarm=in_line, changed=changed
        )
        meters = Meters(counts=Counts(database), roster=roster, bus=bus)
        listener = Listener(
            jobs=jobs,
            store=store,
            bus=bus,
            dispatcher=dispatcher,
            roster=roster,
            limits=limits,
            meters=meters,
            ended=lambda: _ring(ended, in_line, changed),
            changed=changed,
        )
        reconciler = Reconciler(jobs=jobs, bus=bus, dispatcher=dispatcher, listener=listener, alarm=reconcile)
        canceller = Canceller(jobs=jobs, bus=bus, alarm=cancelled)
        board = StatusBoard(jobs=jobs, messenger=messenger, roster=roster, alarm=changed)
        fitter = Fitter(store)
        delivery = Delivery(deliveries=deliveries, fitter=fitter, messenger=messenger, alarm=ended)
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
        desk = Desk(
            jobs=jobs,
            album=album,
            fitter=fitter,
            deliveries=deliveries,
            intake=intake,
            messenger=messenger,
            lookout=Lookout(jobs=jobs, pace=Pace(database), roster=roster, share=board.share),
            limits=limits,
            cancelled=lambda: _ring(cancelled, ended, changed),
            changed=changed,
        )
        client.furnish(desk, [board.run, delivery.run])
        loops = [dispatcher.run, reconciler.run, listener.run, canceller.run, intake.resume]
        loops += [partial(changed.ring_every, TICK), partial(ended.ring_every, TICK)]
        if limits.keep is not None:
            loops.append(Retention(album=album, keep=limits.keep).run)

        def hear_progress(progress: Progress) -> None:
            board.hear(progress)
            changed.ring()

        bus.on_reconnect(reconcile.ring)
        await bus.notices.on_presence(roster.hear)
        await bus.notices.on_progress(hear_progress)
        await bus.notices.roll_call()
        yield House(
            client=client,
            background=partial(_together, loops),
            health=lambda: {
                "gateway": client.online,
                "dispatcher": dispatcher.alive,
                "bus": bus.connected,
            },
            meters=meters,
        )


def _ring(*alarms: Alarm) -> None:
    for alarm in alarms:
        alarm.ring()


async def _together(loops: Sequence[Callable[[], Coroutine[Any, Any, None]]]) -> None:
    async with asyncio.TaskGroup() as tasks:
        for loop in loops:
            tasks.create_task(loop())
