"""A simulated Discord with the real bot in it."""

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

PATIENCE = 20.0
"""Seconds; far longer than anything here takes, far shorter than for ever."""

TURN = 0.5
"""Seconds by which Discord's clock moves with each look, so that what is paced comes to pass."""

PHOTO = ("photo.png", png(noise(93, 77), RGB))
"""A file to send."""


class Stage:
    """The two seams of the bot: how it waits for the world, and how it downloads."""

    env: simcord.Env
    links_die = False

    async def external_wait(self, awaitable: Awaitable[T], *, reason: str) -> T:
        result: T = await self.env.external_wait(awaitable, reason=reason)
        return result

    async def fetch(self, url: str, *, limit: int) -> bytes:
        data = self.env.backend.cdn.get(url)
        if data is None or self.links_die:
            raise UserError(DEAD_LINK)
        assert len(data) <= limit, "the desk refuses by the size that Discord tells"
        return data


class World:
    """People and channels, with the bot among them; its parts beside Discord run outside the simulation."""

    env: simcord.Env
    house: BotApp
    channel: ChannelHandle
    alice: MemberActor
    bob: MemberActor

    def __init__(self, url: str, data: Path, limits: BotLimits) -> None:
        self._url = url
        self._limits = limits
        self._stage = Stage()
        self._running = AsyncExitStack()
        self.data = data
        self.only_here = False
        """Whether the next start registers the commands in this server alone."""
        self.announced: list[str] = []
        self._forgiven = 0

    @classmethod
    @asynccontextmanager
    async def open(cls, url: str, data: Path, limits: BotLimits) -> AsyncIterator["World"]:
        """Let the bot go online in a server where Alice and Bob are."""
        world = cls(url, data, limits)
        async with AsyncExitStack() as at_end:
            at_end.push_async_callback(world._stop)
            client = await world._start()
            # What an unapproved bot sees of others' messages is what ours sees.
            env = simcord.Env(client, approved_intents=discord.Intents.default(), settle_timeout=PATIENCE)
            world.env = world._stage.env = env
            await env.start()
            at_end.push_async_callback(env.shutdown)
            guild = env.create_guild()
            world.channel = guild.create_text_channel("pictures")
            world.alice = guild.add_member(env.create_user("alice"))
            world.bob = guild.add_member(env.create_user("bob"))
            yield world
            world._raise_swallowed()

    async def restart(self) -> None:
        """Start the bot anew on the same data folder; Discord stays as it is."""
        before, self._running = self._running, AsyncExitStack()
        async with before:
            await self.env.restart_bot(await self._start())

    async def until(self, seen: Callable[[], T | None]) -> T:
        """Let the bot and the world beside it go on until there is something to see, and return that."""
        loop = asyncio.get_running_loop()
        end = loop.time() + PATIENCE
        while True:
            await self.env.settle()  # what the bot has begun is done
            self._raise_swallowed()
            if found := seen():
                return found
            assert loop.time() < end, f"it did not come to pass\n{self.env.transcript()}"
            await self.env.advance_time(TURN)
            await asyncio.sleep(0.02)  # sockets and processes move by the real clock

    def drop_uploads(self) -> None:
        """Let every link to an attachment be dead from now on."""
        self._stage.links_die = True

    async def meet_the_engine(self) -> None:
        """Wait until the bot has heard that somebody is there to paint."""
        heard = asyncio.Event()
        subscription = await self._bus.notices.on_presence(lambda _: heard.set())
        await self._bus.notices.ping_engines()
        await asyncio.wait_for(heard.wait(), PATIENCE)
        await subscription.unsubscribe()

    async def ask(self, person: MemberActor | None = None, **options: object) -> InteractionResult:
        """Write /outcrop with the photo, for Alice unless another person is named."""
        return await (person or self.alice).slash(self.channel, "outcrop", **{"image": PHOTO, **options})

    async def says(self, answer: InteractionResult, *words: str) -> str:
        """Return the text of an answer, once it has all these words in it."""

        def text() -> str | None:
            said = answer.response.content if answer.response else ""
            return said if all(word in said for word in words) else None

        return await self.until(text)

    async def result(self, answer: InteractionResult) -> discord.Message:
        """Return the message that answers an interaction, once it has its pictures."""

        def message() -> discord.Message | None:
            response = answer.response
            return response.message if response and response.attachments else None

        return await self.until(message)

    async def tell(
        self,
        words: str,
        *,
        person: MemberActor | None = None,
        reply_to: discord.Message | None = None,
        attachments: Sequence[tuple[str, bytes]] = (),
    ) -> discord.Message:
        """Mention the bot in the channel, as Alice unless another person is named."""
        assert self.env.bot.user is not None
        text = f"{self.env.bot.user.mention} {words}"
        speaker = person or self.alice
        return await speaker.send(self.channel, text, reply_to=reply_to, attachments=attachments)

    async def ping(self, message: discord.Message) -> None:
        """Hand the bot a reply to it that pings it: Discord then shows its words, the simulation does not."""
        assert self.env.bot.user is not None
        await on_message(self.house.client.context, message, self.env.bot.user)

    async def write_privately(self, words: str, *files: tuple[str, bytes]) -> discord.Message:
        """Write to the bot as Alice in direct messages."""
        channel = self.alice.user.dm_channel
        stored = self.env.backend.store_attachments(channel.id, files)
        return await self.alice.send_dm(words, attachments=stored)

    async def reply(self, to: discord.Message, *words: str) -> discord.Message:
        """Return the bot's reply to a message, once it has all these words in it."""
        return await self.until(
            lambda: self._reply(to, lambda one: all(word in one.content for word in words))
        )

    async def painted_reply(self, to: discord.Message) -> discord.Message:
        """Return the bot's reply to a message, once it has its pictures."""
        return await self.until(lambda: self._reply(to, lambda one: bool(one.attachments)))

    def messages(self) -> Sequence[discord.Message]:
        """Return what everybody can read in the channel, oldest first."""
        return self.channel.history()

    def shown(self, answer: InteractionResult) -> discord.Message:
        """Return the message that answers an interaction, as it is now."""
        assert answer.response is not None
        return answer.response.message

    async def press(self, person: MemberActor, message: discord.Message, button: Button) -> InteractionResult:
        """Press a button that a message had once, as a client does that has not heard of its end."""
        stored = self.env.backend.get_message(message.channel.id, message.id)
        stored.components = discord.ui.View(timeout=None).add_item(button).to_components()
        return await person.click(message, custom_id=stored.components[0]["components"][0]["custom_id"])

    async def forget(self, person: MemberActor) -> str:
        """Let a person delete everything, and return what the bot says."""
        shown = await person.slash(self.channel, "forget")
        await person.click(self.shown(shown), label="Delete everything")
        return await self.says(shown, "Deleted")

    async def owned_by(self, person: MemberActor) -> int:
        """Return how many results a person has."""
        return await self.house.client.context.results.count(person.id)

    def shut_out(self) -> None:
        """Let Discord refuse every message of the bot; it may still acknowledge."""
        self.env.inject_error("PATCH", "/webhooks/*", times=None, status=404, code=10015)
        self.env.inject_error("*", "/channels/*/messages*", times=None, status=403, code=50013)

    def let_in(self) -> None:
        """Let Discord take everything again."""
        self.env.backend.faults.clear()

    def forgive(self, kind: type[Exception]) -> None:
        """Let one error pass that the simulation has noted, though the bot has answered it."""
        [error] = self.env.errors[self._forgiven :]
        assert isinstance(error, kind)
        self._forgiven += 1

    @property
    def undelivered(self) -> int:
        """How many answers no way to their owner was open for."""
        with closing(sqlite3.connect(self.data / "history.sqlite")) as history:
            [[count]] = history.execute("SELECT count(*) FROM deliveries WHERE state = 'undeliverable'")
        return int(count)

    @property
    def options(self) -> list[PaintRequest]:
        """What was asked for, job by job."""
        with closing(sqlite3.connect(self.data / "history.sqlite")) as history:
            rows = history.execute("SELECT options FROM jobs ORDER BY created_at").fetchall()
        return [PaintRequest.model_validate_json(options) for (options,) in rows]

    @property
    def stored_files(self) -> int:
        """How many pictures are kept."""
        return sum(file.is_file() for file in (self.data / "pictures").rglob("*"))

    def file(self, message: discord.Message, index: int = 0) -> bytes:
        """Return the bytes of a file that the bot has posted."""
        data = self.env.backend.cdn.get(message.attachments[index].url)
        assert data is not None
        return data

    def _reply(
        self, to: discord.Message, wanted: Callable[[discord.Message], bool]
    ) -> discord.Message | None:
        channel = self.channel if to.channel.id == self.channel.id else self.alice.user.dm_channel
        for one in channel.history():
            if one.reference and one.reference.message_id == to.id and wanted(one):
                return one
        return None

    def _raise_swallowed(self) -> None:
        if errors := self.env.errors_since(self._forgiven):
            raise BaseExceptionGroup("the bot swallowed errors", errors)

    async def _start(self) -> OutcropClient:
        self.house = await self._running.enter_async_context(self._open_house())
        return self.house.client

    async def _stop(self) -> None:
        await self._running.aclose()

    @asynccontextmanager
    async def _open_house(self) -> AsyncIterator[BotApp]:
        async with (
            Bus.connect(self._url, name="bot") as bus,
            open_decoder(self._limits.pictures.for_stored_files) as decoder,
            build_bot(
                bus=bus,
                data=self.data,
                limits=self._limits,
                decoder=decoder,
                painter="auto",
                guild=self.alice.guild.id if self.only_here else None,
                fetch=self._stage.fetch,
                announce=self.announced.append,
                external_wait=self._stage.external_wait,
            ) as house,
        ):
            self._bus = bus
            background = asyncio.create_task(house.background())
            try:
                yield house
            finally:
                background.cancel()
                with suppress(asyncio.CancelledError):
                    await background


def pixels(file: bytes) -> Pixels:
    """Return the pixels of a picture file."""
    return decode(file, PictureLimits()).picture.pixels


def holds_the_photo(painted: bytes, sides: Outcrop) -> bool:
    """Whether the photo lies in a painted PNG, every pixel as it was, with these sides around it."""
    grown, photo = decode(painted, PictureLimits()).picture, decode(PHOTO[1], PictureLimits()).picture
    if grown.size != sides.grow(photo.size):
        return False
    return bool((grown.pixels[sides.known_box(photo.size).slices] == photo.pixels).all())
