"""A small Discord on loopback, for tests: its state outlives the bot."""

from __future__ import annotations

import os
import secrets
import time
from pathlib import Path
from types import TracebackType
from typing import Self

from aiohttp import web

from tests.fake_discord.faults import Asked, Cut, Failure, Fault, Faults, Gate, Where, anywhere
from tests.fake_discord.gateway import Gateway
from tests.fake_discord.interactions import Interactions
from tests.fake_discord.news import News
from tests.fake_discord.people import People
from tests.fake_discord.rest import Rest
from tests.fake_discord.things import Channel, Json, Message, Press
from tests.fake_discord.world import Limits, World

SITE = Path(__file__).parent / "site"
LARGEST_REQUEST = 256 * 1024**2  # far above Discord's, which the world checks itself


class LoopbackDiscord(People):
    """`async with` starts it on a free port of 127.0.0.1; people's verbs are in People."""

    def __init__(self) -> None:
        self.token = f"loopback.{secrets.token_hex(8)}"
        news = News(self._last_requests)
        gateway = Gateway(self.token, welcome=self._welcome, changed=news.spread)
        super().__init__(World(dispatch=gateway.dispatch, changed=news.spread), gateway, news)
        self._faults = Faults(news.spread)
        rest, interactions = Rest(self._world, self.token), Interactions(self._world)
        app = web.Application(
            middlewares=[self._faults.middleware, rest.guard], client_max_size=LARGEST_REQUEST
        )
        app.add_routes([*rest.routes(), *interactions.routes(), web.get("/gateway", gateway.connect)])
        app.on_shutdown.append(self._hang_up)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=1.0)

    async def __aenter__(self) -> Self:
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self._world.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}"
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._runner.cleanup()

    async def _hang_up(self, _app: web.Application) -> None:
        self._faults.clear()
        await self._gateway.disconnect(forget=True)

    def environment(self, *, haste: float = 50.0) -> dict[str, str]:
        """Return what a bot's process needs: the token, and discord.py pointed here, in haste."""
        path = os.pathsep.join(filter(None, [str(SITE), os.environ.get("PYTHONPATH")]))
        return {
            "DISCORD_TOKEN": self.token,
            "LOOPBACK_DISCORD": self.url,
            "LOOPBACK_DISCORD_HASTE": str(haste),
            "PYTHONPATH": path,
        }

    # --- what a test looks at

    @property
    def url(self) -> str:
        return self._world.url

    @property
    def guild_id(self) -> int:
        return self._world.guild_id

    @property
    def limits(self) -> Limits:
        """Discord's numbers, to be changed at will: deadlines, sizes, how long a token lives."""
        return self._world.limits

    @property
    def gateway(self) -> Gateway:
        """How often it was identified and resumed; which privileged intents are approved."""
        return self._gateway

    @property
    def secrets(self) -> list[str]:
        """What no log may hold: the bot's token, and the token of every interaction that there was."""
        return [self.token, *self._world.presses]

    @property
    def registrations(self) -> int:
        """How often the bot registered its commands."""
        return self._world.registrations

    def commands(self, guild_id: int | None = None) -> list[Json]:
        """Return the commands registered everywhere, or for one server."""
        return self._world.commands.get(guild_id, [])

    @property
    def messages(self) -> list[Message]:
        """What stands anywhere now, oldest first; ephemeral ones left out."""
        return [
            message for message in self._world.messages.values() if not (message.deleted or message.ephemeral)
        ]

    @property
    def log(self) -> list[Asked]:
        """Every request, oldest first."""
        return self._faults.log

    def requests(self, method: str, glob: str) -> list[Asked]:
        """Return the requests so far whose path matches, such as `/channels/*/messages` (no /api/v10)."""
        return [asked for asked in self.log if asked.matches(method, glob)]

    def _welcome(self) -> list[tuple[str, Json]]:
        return self._world.welcome()

    def _last_requests(self) -> str:
        lines = [f"{asked.method} {asked.path} {asked.status}" for asked in self.log[-8:]]
        return "The last requests were\n  " + "\n  ".join(lines)

    # --- what happens to the bot

    def deny(self, channel: Channel, *permissions: str) -> None:
        """Take these permissions (names as in discord.py), and no others, from the bot there."""
        self._world.deny(channel, permissions)

    def expire(self, press: Press) -> None:
        """End its 15 minutes."""
        press.token_dies_at = time.monotonic()

    def delete(self, message: Message) -> None:
        """Remove a message, as its author or a moderator may."""
        self._world.delete(message)

    async def disconnect(self, *, forget: bool = False) -> None:
        """Drop the gateway connection; the bot resumes, or (forget) must begin a new session."""
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
        where: Where = anywhere,
    ) -> Fault:
        """Answer requests with an error, or (after) act and then answer so; times=None: until stop().

        Of requests to the same path, `where` chooses by what they carry.
        """
        body: Json = {"code": code, "message": message or f"{status}: as the test wished"}
        headers: dict[str, str] = {}
        if status == 429:
            # Without Via, discord.py takes a 429 for a ban by Cloudflare.
            headers = {"Via": "1.1 loopback"}
            body |= {"retry_after": retry_after if retry_after is not None else 1.0, "global": False}
        return self._faults.add(
            Failure(
                method, glob, times=times, after=after, where=where, status=status, body=body, headers=headers
            )
        )

    def drop(
        self, method: str, glob: str, *, times: int | None = 1, after: bool = False, where: Where = anywhere
    ) -> Fault:
        """Break the connection instead of answering; after: once the request took effect."""
        return self._faults.add(Cut(method, glob, times=times, after=after, where=where))

    def heal(self) -> None:
        """Be well again: nothing is refused, cut or held."""
        self._faults.clear()

    def hold(self, method: str, glob: str, *, after: bool = False, where: Where = anywhere) -> Gate:
        """Hold the next request still, before or after its effect, until the gate's release()."""
        return self._faults.add(Gate(method, glob, after=after, where=where))
