"""The real bot connected to a simulated Discord."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, closing, suppress
from pathlib import Path
from typing import TypeVar

import discord
import simcord
from simcord.actors import MemberActor
from simcord.builders import ChannelHandle
from simcord.results import InteractionResult

from bot.app import BotApp, build_bot
from bot.client import OutcropClient
from bot.commands.mentions import on_message
from bot.inbound.download import DEAD_LINK
from bot.limits import BotLimits
from bot.outbound.buttons import Button
from bus.connection import Bus
from options.errors import UserError
from options.request import PaintRequest
from pictures.decode import decode
from pictures.decoder_process.client import open_decoder
from pictures.geometry import Outcrop
from pictures.limits import Limits as PictureLimits
from pictures.picture import Pixels
from tests.pictures.files import RGB, noise, png

T = TypeVar("T")

WAIT_TIMEOUT = 20.0
"""Seconds; any wait in these tests takes far less."""

CLOCK_STEP = 0.5
"""Seconds by which Discord's clock advances with each poll, so that rate-limited updates are sent."""

PHOTO = ("photo.png", png(noise(93, 77), RGB))
"""File name and bytes of a picture to send."""


class SimulatedIo:
    """What the bot is given in place of its own waiting and downloading."""

    env: simcord.Env
    links_expired = False

    async def external_wait(self, awaitable: Awaitable[T], *, reason: str) -> T:
        result: T = await self.env.external_wait(awaitable, reason=reason)
        return result

    async def fetch(self, url: str, *, limit: int) -> bytes:
        data = self.env.backend.cdn.get(url)
        if data is None or self.links_expired:
            raise UserError(DEAD_LINK)
        assert len(data) <= limit, "the request handler checks the size that Discord reports"
        return data


class BotHarness:
    """The bot, a channel and two people; bus, engine and disk are real and outside the simulation."""

    env: simcord.Env
    app: BotApp
    channel: ChannelHandle
    alice: MemberActor
    bob: MemberActor

    def __init__(self, url: str, data: Path, limits: BotLimits) -> None:
        self._url = url
        self._limits = limits
        self._io = SimulatedIo()
        self._running = AsyncExitStack()
        self.data = data
        self.single_server = False
        """Whether the next start registers the commands only in this server."""
        self.announcements: list[str] = []
        self._expected_error_count = 0

    @classmethod
    @asynccontextmanager
    async def open(cls, url: str, data: Path, limits: BotLimits) -> AsyncIterator["BotHarness"]:
        """Start the bot in a server that has Alice and Bob as members."""
        harness = cls(url, data, limits)
        async with AsyncExitStack() as exit_stack:
            exit_stack.push_async_callback(harness._stop)
            client = await harness._start()
            # Without the message content intent: the bot cannot read messages that do not mention it.
            env = simcord.Env(client, approved_intents=discord.Intents.default(), settle_timeout=WAIT_TIMEOUT)
            harness.env = harness._io.env = env
            await env.start()
            exit_stack.push_async_callback(env.shutdown)
            guild = env.create_guild()
            harness.channel = guild.create_text_channel("pictures")
            harness.alice = guild.add_member(env.create_user("alice"))
            harness.bob = guild.add_member(env.create_user("bob"))
            yield harness
            harness._raise_recorded_errors()

    async def restart_bot(self) -> None:
        """Restart the bot on the same data folder; Discord keeps its state."""
        previous, self._running = self._running, AsyncExitStack()
        async with previous:
            await self.env.restart_bot(await self._start())

    async def wait_until(self, condition: Callable[[], T | None]) -> T:
        """Poll until the condition returns something true, and return that; the bot runs meanwhile."""
        loop = asyncio.get_running_loop()
        end = loop.time() + WAIT_TIMEOUT
        while True:
            await self.env.settle()  # until the bot is idle
            self._raise_recorded_errors()
            if value := condition():
                return value
            assert loop.time() < end, f"the condition was not met\n{self.env.transcript()}"
            await self.env.advance_time(CLOCK_STEP)
            await asyncio.sleep(0.02)  # sockets and processes move by the real clock

    def expire_attachments(self) -> None:
        """Make every download of an attachment fail from now on."""
        self._io.links_expired = True

    async def wait_for_engine(self) -> None:
        """Wait until an engine has announced itself on the bus."""
        heard = asyncio.Event()
        subscription = await self._bus.notices.on_presence(lambda _: heard.set())
        await self._bus.notices.ping_engines()
        await asyncio.wait_for(heard.wait(), WAIT_TIMEOUT)
        await subscription.unsubscribe()

    async def request(self, person: MemberActor | None = None, **options: object) -> InteractionResult:
        """Use /outcrop with the photo, as Alice unless another person is given."""
        return await (person or self.alice).slash(self.channel, "outcrop", **{"image": PHOTO, **options})

    async def wait_for_answer(self, answer: InteractionResult, *words: str) -> str:
        """Return the text of an answer, once it contains all these words."""

        def text() -> str | None:
            content = answer.response.content if answer.response else ""
            return content if all(word in content for word in words) else None

        return await self.wait_until(text)

    async def wait_for_result(self, answer: InteractionResult) -> discord.Message:
        """Return the message that answers an interaction, once it has its pictures."""

        def message() -> discord.Message | None:
            response = answer.response
            return response.message if response and response.attachments else None

        return await self.wait_until(message)

    async def mention(
        self,
        words: str,
        *,
        person: MemberActor | None = None,
        reply_to: discord.Message | None = None,
        attachments: Sequence[tuple[str, bytes]] = (),
    ) -> discord.Message:
        """Mention the bot in the channel, as Alice unless another person is given."""
        assert self.env.bot.user is not None
        text = f"{self.env.bot.user.mention} {words}"
        author = person or self.alice
        return await author.send(self.channel, text, reply_to=reply_to, attachments=attachments)

    async def handle_pinging_reply(self, message: discord.Message) -> None:
        """Handle a reply that pings the bot: Discord shows the bot its text, the simulation does not."""
        assert self.env.bot.user is not None
        await on_message(self.app.client.context, message, self.env.bot.user)

    async def send_dm(self, words: str, *files: tuple[str, bytes]) -> discord.Message:
        """Send the bot a direct message as Alice."""
        channel = self.alice.user.dm_channel
        stored = self.env.backend.store_attachments(channel.id, files)
        return await self.alice.send_dm(words, attachments=stored)

    async def wait_for_reply(self, to: discord.Message, *words: str) -> discord.Message:
        """Return the bot's reply to a message, once it contains all these words."""
        return await self.wait_until(
            lambda: self._reply(to, lambda reply: all(word in reply.content for word in words))
        )

    async def wait_for_painted_reply(self, to: discord.Message) -> discord.Message:
        """Return the bot's reply to a message, once it has its pictures."""
        return await self.wait_until(lambda: self._reply(to, lambda reply: bool(reply.attachments)))

    def messages(self) -> Sequence[discord.Message]:
        """Return the messages of the channel, oldest first."""
        return self.channel.history()

    def response_message(self, answer: InteractionResult) -> discord.Message:
        """Return the message that answers an interaction, as it is now."""
        assert answer.response is not None
        return answer.response.message

    async def press_button(
        self, person: MemberActor, message: discord.Message, button: Button
    ) -> InteractionResult:
        """Press a button that a message no longer has, as an outdated client can."""
        stored = self.env.backend.get_message(message.channel.id, message.id)
        stored.components = discord.ui.View(timeout=None).add_item(button).to_components()
        return await person.click(message, custom_id=stored.components[0]["components"][0]["custom_id"])

    async def forget(self, person: MemberActor) -> str:
        """Use /forget as a person, confirm, and return the bot's answer."""
        answer = await person.slash(self.channel, "forget")
        await person.click(self.response_message(answer), label="Delete everything")
        return await self.wait_for_answer(answer, "Deleted")

    async def count_results(self, person: MemberActor) -> int:
        """Return how many results a person has."""
        return await self.app.client.context.results.count(person.id)

    def block_messages(self) -> None:
        """Make Discord refuse every message of the bot, but not its acknowledgements."""
        self.env.inject_error("PATCH", "/webhooks/*", times=None, status=404, code=10015)
        self.env.inject_error("*", "/channels/*/messages*", times=None, status=403, code=50013)

    def unblock_messages(self) -> None:
        """Make Discord accept messages again."""
        self.env.backend.faults.clear()

    def expect_error(self, kind: type[Exception]) -> None:
        """Ignore one recorded error of this kind, which the bot has answered."""
        [error] = self.env.errors[self._expected_error_count :]
        assert isinstance(error, kind)
        self._expected_error_count += 1

    @property
    def undeliverable_count(self) -> int:
        """How many deliveries have ended as undeliverable."""
        with closing(sqlite3.connect(self.data / "history.sqlite")) as history:
            [[count]] = history.execute("SELECT count(*) FROM deliveries WHERE state = 'undeliverable'")
        return int(count)

    @property
    def requests(self) -> list[PaintRequest]:
        """The request of each stored job, oldest first."""
        with closing(sqlite3.connect(self.data / "history.sqlite")) as history:
            rows = history.execute("SELECT options FROM jobs ORDER BY created_at").fetchall()
        return [PaintRequest.model_validate_json(options) for (options,) in rows]

    @property
    def stored_files(self) -> int:
        """How many pictures are stored."""
        return sum(file.is_file() for file in (self.data / "pictures").rglob("*"))

    def file(self, message: discord.Message, index: int = 0) -> bytes:
        """Return the bytes of a file that the bot has posted."""
        data = self.env.backend.cdn.get(message.attachments[index].url)
        assert data is not None
        return data

    def _reply(
        self, to: discord.Message, matches: Callable[[discord.Message], bool]
    ) -> discord.Message | None:
        channel = self.channel if to.channel.id == self.channel.id else self.alice.user.dm_channel
        for message in channel.history():
            if message.reference and message.reference.message_id == to.id and matches(message):
                return message
        return None

    def _raise_recorded_errors(self) -> None:
        if errors := self.env.errors_since(self._expected_error_count):
            raise BaseExceptionGroup("the bot swallowed errors", errors)

    async def _start(self) -> OutcropClient:
        self.app = await self._running.enter_async_context(self._run_app())
        return self.app.client

    async def _stop(self) -> None:
        await self._running.aclose()

    @asynccontextmanager
    async def _run_app(self) -> AsyncIterator[BotApp]:
        async with (
            Bus.connect(self._url, name="bot") as bus,
            open_decoder(self._limits.pictures.for_stored_files) as decoder,
            build_bot(
                bus=bus,
                data=self.data,
                limits=self._limits,
                decoder=decoder,
                painter="auto",
                guild=self.alice.guild.id if self.single_server else None,
                fetch=self._io.fetch,
                announce=self.announcements.append,
                external_wait=self._io.external_wait,
            ) as app,
        ):
            self._bus = bus
            background = asyncio.create_task(app.background())
            try:
                yield app
            finally:
                background.cancel()
                with suppress(asyncio.CancelledError):
                    await background


def pixels(file: bytes) -> Pixels:
    """Return the pixels of a picture file."""
    return decode(file, PictureLimits()).picture.pixels


def contains_photo(painted: bytes, sides: Outcrop) -> bool:
    """Whether a painted PNG contains the photo unchanged, extended by these sides."""
    grown, photo = decode(painted, PictureLimits()).picture, decode(PHOTO[1], PictureLimits()).picture
    if grown.size != sides.grow(photo.size):
        return False
    return bool((grown.pixels[sides.known_box(photo.size).slices] == photo.pixels).all())
