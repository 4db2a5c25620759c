"""Play Discord with simcord and its preview page; the one module that knows simcord's private names.

simcord is made for tests: its clock stands still, its page shows news only when it is asked to, and it
refuses a press on a message that has been edited meanwhile. The names in `PRIVATE_NAMES` make a chat of it.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime
from mimetypes import guess_type
from pathlib import Path
from types import MappingProxyType
from typing import Any, TypeVar

import simcord
import simcord.preview
import structlog
from simcord.actors import MemberActor
from simcord.backend.errors import SetupError
from simcord.builders import ChannelHandle
from simcord.preview import Preview, _actions
from simcord.preview._server import PreviewServer

from bot.client import OutcropClient
from bot.inbound.download import DEAD_LINK
from options.errors import UserError
from outcrop.errors import SandboxFailed
from outcrop.sandbox.theme import FILES, apply_theme

log = structlog.get_logger()

T = TypeVar("T")

SIMCORD = "3.2.1"
"""The version in which the names below were read; pyproject.toml pins it."""

PRIVATE_NAMES: Sequence[tuple[object, str]] = (
    (_actions, "ACTION_SPECS"),
    (_actions.ActionSpec, "revision_bound"),
    (Preview, "_action"),
    (PreviewServer, "_STATIC_FILES"),
    (PreviewServer, "_STATIC_CONTENT_TYPES"),
    (simcord.Env, "_preview"),
)
"""Owner and name of all that is used and not promised by simcord; a test looks for each."""

LATE_PRESSES = ("click", "select", "modal_submit", "autocomplete_command", "run_command", "send_message")
"""What may be done on a page that is a moment old; progress comes in while people press."""

LOOK_EVERY = 0.25
"""Seconds between two looks for news; the page itself asks twice a second."""

SETTLE_WITHIN = 20.0
"""Seconds for the bot to come to rest after a press, the reading of a large picture included."""


class SimulatedDiscord:
    """A simulated Discord with one server, one channel, and the bot and people in it."""

    people: Mapping[str, MemberActor]

    def __init__(self) -> None:
        self._env: simcord.Env | None = None
        self._channel: ChannelHandle | None = None
        self._turn = asyncio.Lock()
        """simcord does one thing at a time, and raises where another begins."""

    async def external_wait(self, awaitable: Awaitable[T], *, reason: str) -> T:
        """Await what comes from outside Discord; the bot's `ExternalWait`."""
        result: T = await self._playing.external_wait(awaitable, reason=reason)
        return result

    async def fetch(self, url: str, *, limit: int) -> bytes:
        """Return the bytes of an attachment; the bot's `Fetch`."""
        data = self._playing.backend.cdn.get(url)
        if data is None:
            raise UserError(DEAD_LINK)
        if len(data) > limit:
            raise UserError(f"The file has more than {limit / 2**20:.0f} MB; send a smaller one.")
        return data

    @asynccontextmanager
    async def playing(
        self, client: OutcropClient, *, bot: str, server: str, channel: str, people: Iterable[str]
    ) -> AsyncIterator[None]:
        """Bring the bot and these people together in a channel, and let time pass.

        Bot, channel and people have the same ids each time, so that a kept history stays theirs.
        """
        env = self._env = simcord.Env(client, check_errors=False, settle_timeout=SETTLE_WITHIN)
        env.backend.bot_user.name = bot
        await env.start()
        try:
            await client.tree.sync()  # the bot remembers that Discord knows its commands; this one is new
            guild = env.create_guild(server)
            self._channel = guild.create_text_channel(channel)
            self.people = {name: guild.add_member(env.create_user(name)) for name in people}
            living = asyncio.create_task(self._live(env))
            try:
                yield
            finally:
                living.cancel()
                await asyncio.gather(living, return_exceptions=True)
        finally:
            await env.shutdown()

    @property
    def bot_mention(self) -> str:
        """What people write to address the bot."""
        return f"<@{self._playing.backend.bot_user.id}>"

    async def say(self, person: str, text: str, *files: tuple[str, bytes]) -> None:
        """Let a person write into the channel."""
        async with self._turn:
            await self.people[person].send(self._place, text, attachments=files)

    async def announce(self, text: str) -> None:
        """Let the bot write into the channel."""
        async with self._turn:
            backend = self._playing.backend
            backend.create_message(self._place.id, backend.bot_user.id, text)

    async def command(self, person: str, name: str, **options: object) -> None:
        """Let a person use a slash command; a file is an option of its name and bytes."""
        async with self._turn:
            await self.people[person].slash(self._place, name, **options)

    def pictures_shown(self) -> int:
        """Return how many messages with a picture the bot has in the channel."""
        own = self._playing.backend.bot_user.id
        return sum(bool(one.attachments) for one in self._place.history() if one.author.id == own)

    @asynccontextmanager
    async def page(self, *, port: int, timezone: str, index: Path) -> AsyncIterator[Preview]:
        """Show the channel on a port of loopback, with the page's HTML in a file; raises SandboxFailed."""
        page = self._playing.preview(
            self._place, viewers=list(self.people.values()), layout="channel", timezone=timezone, port=port
        )
        _apply_theme(page, index)
        _take_late_presses()
        self._take_turns(page)
        try:
            async with page:
                yield page
        except SetupError as error:
            raise SandboxFailed(
                f"The page cannot be shown ({error}). If the port {port} is taken, name another with --port."
            ) from error

    async def _live(self, env: simcord.Env) -> None:
        """Let simcord's clock go with ours, and show what is new on the page."""
        shown = 0
        while True:
            try:
                async with self._turn:
                    behind = datetime.now(UTC) - env.now()
                    await env.advance_time(max(0.0, behind.total_seconds()))
                    if env._preview is not None and len(env.backend.transcript) != shown:
                        shown = len(env.backend.transcript)
                        await env._preview.refresh()
            except (SetupError, TimeoutError) as error:
                log.warning("the page is late", error=str(error).partition("\n")[0])
            await asyncio.sleep(LOOK_EVERY)

    def _take_turns(self, page: Preview) -> None:
        """Let what people do on the page wait for its turn, where simcord would refuse it."""
        act = page._action

        async def in_turn(context: str | None, body: Mapping[str, Any]) -> dict[str, Any]:
            async with self._turn:
                return await act(context, body)

        page._action = in_turn  # type: ignore[assignment] # bound like the method it stands for

    @property
    def _playing(self) -> simcord.Env:
        assert self._env is not None, "the stage plays"
        return self._env

    @property
    def _place(self) -> ChannelHandle:
        assert self._channel is not None, "the stage plays"
        return self._channel


def _apply_theme(page: Preview, index: Path) -> None:
    """Serve our own page, made of simcord's; a path that is absolute is taken as it is."""
    server = page._server
    theirs = Path(simcord.preview.__file__).with_name("static") / server._STATIC_FILES["/"]
    index.write_text(apply_theme(theirs.read_text(encoding="utf-8")), encoding="utf-8")
    ours = {"/": str(index), **{path: str(file) for path, file in FILES.items()}}
    server._STATIC_FILES = {**server._STATIC_FILES, **ours}  # type: ignore[misc] # this page's alone
    kinds = {file: guess_type(file)[0] or "" for file in ours.values()}
    server._STATIC_CONTENT_TYPES = {**server._STATIC_CONTENT_TYPES, **kinds}  # type: ignore[misc]


def _take_late_presses() -> None:
    """Let a press count although the page that it was made on is not the latest."""
    _actions.ACTION_SPECS = MappingProxyType(
        {
            kind: replace(spec, revision_bound=spec.revision_bound and kind not in LATE_PRESSES)
            for kind, spec in _actions.ACTION_SPECS.items()
        }
    )
