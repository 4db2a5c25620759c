"""Bot, engines and bus as processes of their own on one data folder, each to be killed for itself."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from pathlib import Path
from typing import Self

from bus.connection import Bus
from bus.embedded.server import EmbeddedServer
from bus.errors import BusUnavailable
from bus.jobs import JobId
from bus.notices import Progress
from tests.chaos.parts import Part
from tests.chaos.scene import ACK_WAIT, Scene
from tests.chaos.waiting import PATIENCE, until
from tests.chaos.wire import Wire
from tests.fake_discord import FakeDiscord, Message


class Family(Scene):
    """What runs, and what a test asks of it."""

    def __init__(
        self,
        *,
        discord: FakeDiscord,
        folder: Path,
        server: EmbeddedServer,
        bus: Bus,
        wires: Sequence[Wire],
    ) -> None:
        super().__init__(discord, folder)
        self.server = server
        self.bus = bus
        self.bot_wire, self.engine_wire, self.second_wire = wires
        self.bot = self._part("bot", self.bot_wire)
        self.engine = self._part("engine", self.engine_wire)
        self.second_engine = self._part("engine", self.second_wire, name="second-engine")

    @classmethod
    @asynccontextmanager
    async def opened(cls, folder: Path) -> AsyncIterator[Self]:
        """Set everything up in a folder, with nothing started but the bus; tear it down at exit."""
        async with AsyncExitStack() as stack:
            discord = await stack.enter_async_context(FakeDiscord())
            data = folder / "data"
            data.mkdir()
            server = EmbeddedServer(data)
            url = await server.start()
            stack.push_async_callback(server.stop)
            bus = await stack.enter_async_context(Bus.connect(url, name="test", ack_wait=ACK_WAIT))
            wires = [await stack.enter_async_context(Wire(url)) for _ in range(3)]
            family = cls(discord=discord, folder=data, server=server, bus=bus, wires=wires)
            try:
                yield family
            finally:
                for part in family.parts:
                    await part.kill()

    @property
    def parts(self) -> tuple[Part, ...]:
        return (self.bot, self.engine, self.second_engine)

    async def start(self) -> None:
        """Start the bot and one engine, unless they run; return when the bot is online."""
        if not self.engine.alive:
            await self.engine.start()
        await self.start_bot()

    async def start_bot(self) -> None:
        """Start the bot, unless it runs; return when it is online."""
        if not self.bot.alive:
            before = self.discord.gateway.identified
            await self.bot.start()
            await self.discord.until(lambda: self.discord.gateway.identified > before, within=PATIENCE)

    async def kill_bus(self) -> None:
        """Kill -9 the bus's server."""
        assert self.server.process is not None
        self.server.process.kill()
        await self.server.wait()

    async def wipe_bus(self) -> None:
        """Delete what the bus keeps, as if its disk were new; it must not run."""
        await asyncio.to_thread(shutil.rmtree, self.folder / "nats" / "store")

    async def answered(self, job: JobId, *, within: float = PATIENCE) -> Message:
        """Wait until a job is answered and nothing of it is under way any more; return its only answer."""
        [answer] = await self.all_answers(job, within=within)
        return answer

    async def all_answers(self, job: JobId, *, within: float = PATIENCE) -> list[Message]:
        """Wait until a job is answered and nothing of it is under way any more; return its messages."""
        await until(lambda: self.rows.delivery(job).get("state") == "sent", within=within)
        await until(lambda: self._left_the_bus(job))
        return self.answers(job)

    async def being_painted(self, job: JobId) -> None:
        """Wait until some of a job is painted, at most one half."""
        heard = asyncio.Event()

        def hear(progress: Progress) -> None:
            if progress.job == job and progress.done <= progress.total // 2:
                heard.set()

        listening = await self.bus.notices.on_progress(hear)
        await asyncio.wait_for(heard.wait(), PATIENCE)
        await listening.unsubscribe()

    def on_the_bus(self, job: JobId) -> Callable[[], Awaitable[bool]]:
        """Return the condition that the bus has a message for the job."""

        async def there() -> bool:
            with suppress(BusUnavailable):
                return job in await self.bus.jobs.queued()
            return False

        return there

    def heal(self) -> None:
        """Nothing is held or refused any more, and nobody is frozen."""
        self.discord.clear_faults()
        for wire in (self.bot_wire, self.engine_wire, self.second_wire):
            wire.heal()
        for part in self.parts:
            part.thaw()

    def check(self) -> None:
        """Look at what must be so at any time."""
        self.check_logs(self.parts, self.server.url.partition("//")[2].partition("@")[0])

    async def _left_the_bus(self, job: JobId) -> bool:
        with suppress(BusUnavailable):
            return job not in await self.bus.jobs.queued() | await self.bus.objects.jobs()
        return False

    def _part(self, command: str, wire: Wire, *, name: str | None = None) -> Part:
        log = self.folder.with_name(f"{name or command}.log")
        return Part(
            command,
            "--end-with-parent",
            environment=self.environment | {"OUTCROP_BUS_URL": wire.url},
            log=log,
        )
