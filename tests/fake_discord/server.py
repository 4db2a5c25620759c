"""A fake Discord on 127.0.0.1 for tests: REST, gateway and CDN in one server."""

from __future__ import annotations

import os
import secrets
import time
from pathlib import Path
from types import TracebackType
from typing import Self

from aiohttp import web

from tests.fake_discord.change_signal import ChangeSignal
from tests.fake_discord.faults import (
    DroppedConnection,
    Failure,
    Fault,
    Faults,
    Gate,
    LoggedRequest,
    RequestFilter,
    any_request,
)
from tests.fake_discord.gateway import Gateway
from tests.fake_discord.interactions import Interactions
from tests.fake_discord.models import Channel, Interaction, Json, Message
from tests.fake_discord.rest import Rest
from tests.fake_discord.state import DiscordState, Limits
from tests.fake_discord.user_actions import UserActions

SITE = Path(__file__).parent / "site"
MAX_REQUEST_BYTES = 256 * 1024**2  # far above Discord's own limits, which message_validation applies


class FakeDiscord(UserActions):
    """A context manager that serves on a free port of 127.0.0.1; its state outlives the bot."""

    def __init__(self) -> None:
        self.token = f"fake.{secrets.token_hex(8)}"
        changes = ChangeSignal(self._last_requests)
        gateway = Gateway(self.token, session_events=self._session_events, changed=changes.notify)
        super().__init__(DiscordState(dispatch=gateway.dispatch, changed=changes.notify), gateway, changes)
        self._faults = Faults(changes.notify)
        rest, interactions = Rest(self._state, self.token), Interactions(self._state)
        app = web.Application(
            middlewares=[self._faults.middleware, rest.guard], client_max_size=MAX_REQUEST_BYTES
        )
        app.add_routes([*rest.routes(), *interactions.routes(), web.get("/gateway", gateway.connect)])
        app.on_shutdown.append(self._disconnect_all)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=1.0)

    async def __aenter__(self) -> Self:
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self._state.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}"
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._runner.cleanup()

    async def _disconnect_all(self, _app: web.Application) -> None:
        self._faults.clear()
        await self._gateway.disconnect(forget=True)

    def environment(self, *, speedup: float = 50.0) -> dict[str, str]:
        """Return the environment for a bot process: the token, and discord.py redirected here.

        discord.py's own pauses are divided by `speedup`.
        """
        path = os.pathsep.join(filter(None, [str(SITE), os.environ.get("PYTHONPATH")]))
        return {
            "DISCORD_TOKEN": self.token,
            "FAKE_DISCORD_URL": self.url,
            "FAKE_DISCORD_SPEEDUP": str(speedup),
            "PYTHONPATH": path,
        }

    # --- what a test inspects

    @property
    def url(self) -> str:
        return self._state.url

    @property
    def guild_id(self) -> int:
        return self._state.guild_id

    @property
    def limits(self) -> Limits:
        """Deadlines, sizes and token lifetime; a test may change them at any time."""
        return self._state.limits

    @property
    def gateway(self) -> Gateway:
        """The gateway: how often clients identified and resumed, which privileged intents are approved."""
        return self._gateway

    @property
    def secrets(self) -> list[str]:
        """What no log may contain: the bot's token and the token of every interaction."""
        return [self.token, *self._state.interactions]

    @property
    def registrations(self) -> int:
        """How often the bot registered its commands."""
        return self._state.registrations

    def commands(self, guild_id: int | None = None) -> list[Json]:
        """Return the commands registered everywhere, or for one server."""
        return self._state.commands.get(guild_id, [])

    @property
    def messages(self) -> list[Message]:
        """The messages of all channels, oldest first, without ephemeral and deleted ones."""
        return [
            message for message in self._state.messages.values() if not (message.deleted or message.ephemeral)
        ]

    @property
    def log(self) -> list[LoggedRequest]:
        """Every request so far, oldest first."""
        return self._faults.log

    def requests(self, method: str, glob: str) -> list[LoggedRequest]:
        """Return the requests so far whose path matches, such as `/channels/*/messages` (no /api/v10)."""
        return [logged for logged in self.log if logged.matches(method, glob)]

    def _session_events(self) -> list[tuple[str, Json]]:
        return self._state.session_events()

    def _last_requests(self) -> str:
        lines = [f"{logged.method} {logged.path} {logged.status}" for logged in self.log[-8:]]
        return "The last requests were\n  " + "\n  ".join(lines)

    # --- what a test does to the bot

    def deny(self, channel: Channel, *permissions: str) -> None:
        """Deny the bot exactly these permissions in a channel; names as in discord.py."""
        self._state.deny(channel, permissions)

    def expire(self, interaction: Interaction) -> None:
        """Expire the interaction's token."""
        interaction.token_dies_at = time.monotonic()

    def delete(self, message: Message) -> None:
        """Delete a message, as its author or a moderator may."""
        self._state.delete(message)

    async def disconnect(self, *, forget: bool = False) -> None:
        """Drop the gateway connection; with `forget`, the bot must start a new session."""
        await self._gateway.disconnect(forget=forget)

    def fail(
        self,
        method: str,
        glob: str,
        status: int,
        *,
        code: int = 0,
        message: str = "",
        times: int | None = 1,
        after: bool = False,
        retry_after: float | None = None,
        where: RequestFilter = any_request,
    ) -> Fault:
        """Answer the next `times` requests (None: all until stop()) with an error.

        With `after`, they take effect first; `where` chooses among requests to a path by their payload.
        """
        body: Json = {"code": code, "message": message or f"{status}: injected by the test"}
        headers: dict[str, str] = {}
        if status == 429:
            # Without Via, discord.py takes a 429 for a ban by Cloudflare.
            headers = {"Via": "1.1 fake"}
            body |= {"retry_after": retry_after if retry_after is not None else 1.0, "global": False}
        return self._faults.add(
            Failure(
                method, glob, times=times, after=after, where=where, status=status, body=body, headers=headers
            )
        )

    def drop(
        self,
        method: str,
        glob: str,
        *,
        times: int | None = 1,
        after: bool = False,
        where: RequestFilter = any_request,
    ) -> Fault:
        """Close the connection instead of answering; `after` the request takes effect if set."""
        return self._faults.add(DroppedConnection(method, glob, times=times, after=after, where=where))

    def clear_faults(self) -> None:
        """Remove every fault."""
        self._faults.clear()

    def hold(
        self, method: str, glob: str, *, after: bool = False, where: RequestFilter = any_request
    ) -> Gate:
        """Hold the next request, before or `after` it takes effect, until the gate's release()."""
        return self._faults.add(Gate(method, glob, after=after, where=where))
