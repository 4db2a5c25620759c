"""Bot, two engines and the bus as separate processes, each of which a test can kill."""

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
from tests.chaos.bus_proxy import BusProxy
from tests.chaos.deployment import ACK_WAIT, Deployment
from tests.chaos.polling import TIMEOUT, wait_until
from tests.chaos.process import OutcropProcess
from tests.fake_discord import FakeDiscord, Message


class SeparateProcesses(Deployment):
    """`outcrop bot` and `outcrop engine` on one data folder, each connected through a proxy of its own."""

    def __init__(
        self,
        *,
        discord: FakeDiscord,
        folder: Path,
        server: EmbeddedServer,
        bus: Bus,
        proxies: Sequence[BusProxy],
    ) -> None:
        super().__init__(discord, folder)
        self.server = server
        self.bus = bus
        self.bot_proxy, self.engine_proxy, self.second_engine_proxy = proxies
        self.bot = self._process("bot", self.bot_proxy)
        self.engine = self._process("engine", self.engine_proxy)
        self.second_engine = self._process("engine", self.second_engine_proxy, name="second-engine")

    @classmethod
    @asynccontextmanager
    async def open(cls, folder: Path) -> AsyncIterator[Self]:
        """Set everything up in a folder and start the bus, but no bot or engine; tear it down at exit."""
        async with AsyncExitStack() as stack:
            discord = await stack.enter_async_context(FakeDiscord())
            data = folder / "data"
            data.mkdir()
            server = EmbeddedServer(data)
            url = await server.start()
            stack.push_async_callback(server.stop)
            bus = await stack.enter_async_context(Bus.connect(url, name="test", ack_wait=ACK_WAIT))
            proxies = [await stack.enter_async_context(BusProxy(url)) for _ in range(3)]
            deployment = cls(discord=discord, folder=data, server=server, bus=bus, proxies=proxies)
            try:
                yield deployment
            finally:
                for process in deployment.processes:
                    await process.kill()

    @property
    def processes(self) -> tuple[OutcropProcess, ...]:
        return (self.bot, self.engine, self.second_engine)

    async def start(self) -> None:
        """Start the bot and the first engine, if they are not alive; return when the bot is online."""
        if not self.engine.alive:
            await self.engine.start()
        await self.start_bot()

    async def start_bot(self) -> None:
        """Start the bot, if it is not alive; return when it is online."""
        if not self.bot.alive:
            before = self.discord.gateway.identified
            await self.bot.start()
            await self.discord.until(lambda: self.discord.gateway.identified > before, within=TIMEOUT)

    async def kill_bus(self) -> None:
        """Send SIGKILL to the bus server."""
        assert self.server.process is not None
        self.server.process.kill()
        await self.server.wait()

    async def wipe_bus(self) -> None:
        """Delete the streams of the bus, as if its disk were new; the server must not be running."""
        await asyncio.to_thread(shutil.rmtree, self.folder / "nats" / "store")

    async def answer(self, job: JobId, *, within: float = TIMEOUT) -> Message:
        """Wait until a job is answered and gone from the bus; return its only message."""
        [message] = await self.answers(job, within=within)
        return message

    async def answers(self, job: JobId, *, within: float = TIMEOUT) -> list[Message]:
        """Wait until a job is answered and gone from the bus; return its messages."""
        await wait_until(lambda: self.history.delivery(job).get("state") == "sent", within=within)
        await wait_until(lambda: self._has_left_bus(job))
        return self.answer_messages(job)

    async def wait_until_painting(self, job: JobId) -> None:
        """Wait for a progress notice that says that at most half of the job is painted."""
        painting = asyncio.Event()

        def on_progress(progress: Progress) -> None:
            if progress.job == job and progress.done <= progress.total // 2:
                painting.set()

        subscription = await self.bus.notices.on_progress(on_progress)
        await asyncio.wait_for(painting.wait(), TIMEOUT)
        await subscription.unsubscribe()

    def on_bus(self, job: JobId) -> Callable[[], Awaitable[bool]]:
        """Return the condition that the bus has a message for the job."""

        async def is_on_bus() -> bool:
            with suppress(BusUnavailable):
                return job in await self.bus.jobs.queued()
            return False

        return is_on_bus

    def reset_faults(self) -> None:
        """Open all gates, stop all faults, and resume all suspended processes."""
        self.discord.clear_faults()
        for proxy in (self.bot_proxy, self.engine_proxy, self.second_engine_proxy):
            proxy.remove_gates()
        for process in self.processes:
            process.resume()

    def check(self) -> None:
        """Check what must be true after any test."""
        bus_token = self.server.url.partition("//")[2].partition("@")[0]
        self.assert_no_secrets_logged(self.processes, bus_token)

    async def _has_left_bus(self, job: JobId) -> bool:
        with suppress(BusUnavailable):
            return job not in await self.bus.jobs.queued() | await self.bus.objects.jobs()
        return False

    def _process(self, command: str, proxy: BusProxy, *, name: str | None = None) -> OutcropProcess:
        log = self.folder.with_name(f"{name or command}.log")
        return OutcropProcess(
            command,
            "--end-with-parent",
            environment=self.environment | {"OUTCROP_BUS_URL": proxy.url},
            log=log,
        )
