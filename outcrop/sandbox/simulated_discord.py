"""Simulate Discord with simcord and its preview page; the only module that uses simcord's private names.

simcord is made for tests: its clock stands still, its page updates only on request, and it rejects a press on
a message that has been edited meanwhile. The names in `PRIVATE_NAMES` turn it into a live chat.
"""

import asyncio
import re
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
from bot.inbound.download import DEAD_LINK, FILE_TOO_LARGE
from options.errors import UserError
from outcrop.errors import SandboxFailed
from outcrop.sandbox.theme import FILES, apply_theme

log = structlog.get_logger()

T = TypeVar("T")

SIMCORD = "3.2.1"
"""The version that has the names below; pyproject.toml pins it."""

PRIVATE_NAMES: Sequence[tuple[object, str]] = (
    (_actions, "ACTION_SPECS"),
    (_actions.ActionSpec, "revision_bound"),
    (Preview, "_action"),
    (Preview, "capability"),
    (PreviewServer, "_STATIC_FILES"),
    (PreviewServer, "_STATIC_CONTENT_TYPES"),
    (simcord.Env, "_preview"),
)
"""Owner and name of everything we use outside simcord's public API; a test checks that each exists."""

STALE_PAGE_ACTIONS = (
    "click",
    "select",
    "modal_submit",
    "autocomplete_command",
    "run_command",
    "send_message",
)
"""Actions that are accepted on an outdated page, since progress may update it while somebody presses."""

UPDATE_INTERVAL = 0.25
"""Seconds between updates; the page itself polls twice a second."""

SETTLE_TIMEOUT = 20.0
"""Seconds for the bot to finish handling an action, including decoding a large picture."""


class SimulatedDiscord:
    """A simulated Discord with one server, one channel, and the bot and people in it."""

    people: Mapping[str, MemberActor]

    def __init__(self) -> None:
        self._env: simcord.Env | None = None
        self._channel: ChannelHandle | None = None
        self._lock = asyncio.Lock()
        """simcord raises when an action starts during another."""

    async def external_wait(self, awaitable: Awaitable[T], *, reason: str) -> T:
        """Await something that does not come from Discord; the bot's `ExternalWait`."""
        result: T = await self._running_env.external_wait(awaitable, reason=reason)
        return result

    async def fetch(self, url: str, *, limit: int) -> bytes:
        """Return the bytes of an attachment; the bot's `Fetch`."""
        data = self._running_env.backend.cdn.get(url)
        if data is None:
            raise UserError(DEAD_LINK, code="link_expired")
        if len(data) > limit:
            raise UserError(FILE_TOO_LARGE, code="download_too_large", limit=limit / 2**20)
        return data

    @asynccontextmanager
    async def running(
        self, client: OutcropClient, *, bot: str, server: str, channel: str, people: Iterable[str]
    ) -> AsyncIterator[None]:
        """Run the simulation, with the bot and these people in one channel.

        Their ids are the same each time, so that a stored history still belongs to them.
        """
        env = self._env = simcord.Env(client, check_errors=False, settle_timeout=SETTLE_TIMEOUT)
        env.backend.bot_user.name = bot
        await env.start()
        try:
            await client.tree.sync()  # the bot believes that they are registered, but this Discord is new
            guild = env.create_guild(server)
            self._channel = guild.create_text_channel(channel)
            self.people = {name: guild.add_member(env.create_user(name)) for name in people}
            updates = asyncio.create_task(self._keep_updated(env))
            try:
                yield
            finally:
                updates.cancel()
                await asyncio.gather(updates, return_exceptions=True)
        finally:
            await env.shutdown()

    async def say(self, person: str, text: str, *files: tuple[str, bytes]) -> None:
        """Send a message as a person."""
        async with self._lock:
            await self.people[person].send(self._running_channel, text, attachments=files)

    async def announce(self, text: str) -> None:
        """Send a message as the bot."""
        async with self._lock:
            backend = self._running_env.backend
            backend.create_message(self._running_channel.id, backend.bot_user.id, text)

    async def command(self, person: str, name: str, **options: object) -> None:
        """Use a slash command as a person; a file is given as its name and bytes."""
        async with self._lock:
            await self.people[person].slash(self._running_channel, name, **options)

    def result_count(self) -> int:
        """Return how many messages with a picture the bot has posted."""
        bot = self._running_env.backend.bot_user.id
        return sum(
            bool(message.attachments)
            for message in self._running_channel.history()
            if message.author.id == bot
        )

    @asynccontextmanager
    async def page(self, *, port: int, secret: str, timezone: str, index: Path) -> AsyncIterator[Preview]:
        """Serve the channel as a web page on loopback; raises SandboxFailed.

        `secret` is the fragment of the URL that the page must present. `index` is where to write its HTML.
        """
        page = self._running_env.preview(
            self._running_channel,
            viewers=list(self.people.values()),
            layout="channel",
            timezone=timezone,
            port=port,
        )
        page.capability = secret  # simcord draws a new one, which would invalidate open tabs
        _apply_theme(page, index)
        _accept_stale_pages()
        self._wrap_actions(page)
        try:
            async with page:
                yield page
        except SetupError as error:
            raise SandboxFailed(
                f"Can’t open the sandbox page: {error}. If port {port} is taken, choose another with --port "
                "or OUTCROP_SANDBOX_PORT."
            ) from error

    async def _keep_updated(self, env: simcord.Env) -> None:
        """Advance simcord's clock with ours, and refresh the page when a message has changed."""
        published = 0
        while True:
            try:
                async with self._lock:
                    behind = datetime.now(UTC) - env.now()
                    await env.advance_time(max(0.0, behind.total_seconds()))
                    if env._preview is not None and len(env.backend.transcript) != published:
                        published = len(env.backend.transcript)
                        await env._preview.refresh()
            except (SetupError, TimeoutError) as error:
                log.warning("sandbox page not updated", error=str(error).partition("\n")[0])
            await asyncio.sleep(UPDATE_INTERVAL)

    def _wrap_actions(self, page: Preview) -> None:
        """Queue the page's actions, which simcord would reject, and resolve the mentions in messages."""
        perform = page._action

        async def perform_in_order(context: str | None, body: Mapping[str, Any]) -> dict[str, Any]:
            async with self._lock:
                return await perform(context, self._resolve_mentions(body))

        page._action = perform_in_order  # type: ignore[assignment] # bound, like the method it replaces

    def _resolve_mentions(self, body: Mapping[str, Any]) -> Mapping[str, Any]:
        """Replace a typed `@Outcrop` with the bot's mention, as Discord's own clients do."""
        content = body.get("content") if body.get("kind") == "send_message" else None
        if not isinstance(content, str):
            return body
        bot = self._running_env.backend.bot_user
        typed = re.compile(rf"(?<!\S)@{re.escape(bot.name)}\b", re.IGNORECASE)
        return {**body, "content": typed.sub(f"<@{bot.id}>", content)}

    @property
    def _running_env(self) -> simcord.Env:
        assert self._env is not None, "only used while running"
        return self._env

    @property
    def _running_channel(self) -> ChannelHandle:
        assert self._channel is not None, "only used while running"
        return self._channel


def _apply_theme(page: Preview, index: Path) -> None:
    """Serve simcord's page with our theme; simcord resolves an absolute path as it is."""
    server = page._server
    theirs = Path(simcord.preview.__file__).with_name("static") / server._STATIC_FILES["/"]
    index.write_text(apply_theme(theirs.read_text(encoding="utf-8")), encoding="utf-8")
    ours = {"/": str(index), **{path: str(file) for path, file in FILES.items()}}
    server._STATIC_FILES = {**server._STATIC_FILES, **ours}  # type: ignore[misc] # only for this page
    content_types = {file: guess_type(file)[0] or "" for file in ours.values()}
    server._STATIC_CONTENT_TYPES = {**server._STATIC_CONTENT_TYPES, **content_types}  # type: ignore[misc]


def _accept_stale_pages() -> None:
    """Accept actions from a page that has been updated since."""
    _actions.ACTION_SPECS = MappingProxyType(
        {
            kind: replace(spec, revision_bound=spec.revision_bound and kind not in STALE_PAGE_ACTIONS)
            for kind, spec in _actions.ACTION_SPECS.items()
        }
    )
