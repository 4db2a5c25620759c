"""Register the commands with Discord: when they have changed, and in one place only."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any, Protocol

import discord
import structlog
from discord import app_commands

log = structlog.get_logger()

EVERYWHERE = "everywhere"


class Memory(Protocol):
    """What is remembered between starts."""

    async def recall(self, key: str) -> str | None:
        """Return what was kept under a key."""

    async def keep(self, key: str, value: str) -> None:
        """Keep a value under a key."""


class CommandSync:
    """Knows what Discord was told last, as it takes only so many registrations a day."""

    def __init__(
        self, tree: app_commands.CommandTree[Any], memory: Memory, guild: discord.Object | None
    ) -> None:
        """`guild` is the one server to have the commands; None = they are registered everywhere."""
        self._tree = tree
        self._memory = memory
        self._guild = guild

    async def bring_up_to_date(self) -> None:
        """Tell Discord what has changed; where the commands were registered before, they are taken back."""
        known = await self._known()
        here = str(self._guild.id) if self._guild else EVERYWHERE
        digest = self._digest()
        # Everywhere and in one server at once, people would see each command twice.
        for place in [place for place in known if place != here]:
            await self._take_back(place)
            del known[place]
            await self._keep(known)
        if known.get(here) == digest:
            return
        try:
            await self._tree.sync(guild=self._guild)
        except discord.Forbidden:  # we have not been invited there yet
            log.warning("commands not registered: invite the bot to the server of OUTCROP_GUILD first")
            return
        await self._keep({here: digest})
        log.info("commands registered", place=here)

    async def _take_back(self, place: str) -> None:
        guild = None if place == EVERYWHERE else discord.Object(int(place))
        try:
            await self._tree.sync(guild=guild)  # which has no commands for there
        except (discord.Forbidden, discord.NotFound):
            log.info("commands not taken back: we are not there any more", place=place)

    def _digest(self) -> str:
        commands = self._tree.get_commands(guild=self._guild)
        described = json.dumps([command.to_dict(self._tree) for command in commands], sort_keys=True)
        return hashlib.sha256(described.encode()).hexdigest()

    async def _known(self) -> dict[str, str]:
        kept: Mapping[str, str] = json.loads(await self._memory.recall(self._key) or "{}")
        return dict(kept)

    async def _keep(self, known: Mapping[str, str]) -> None:
        await self._memory.keep(self._key, json.dumps(known))

    @property
    def _key(self) -> str:
        return f"commands:{self._tree.client.application_id}"
