"""Register the slash commands with Discord whenever they have changed."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

import discord
import structlog
from discord import app_commands

from bot.history.key_values import KeyValueStore

log = structlog.get_logger()

GLOBAL = "everywhere"
"""The scope of commands that are registered for all servers, as it is stored."""


class CommandSync:
    """Registers commands in one scope, globally or in one server, and removes them from all others.

    A digest of what was registered last is stored, because Discord takes only 200 new commands a day
    for each server ("Registering a Command" in its documentation of application commands).
    """

    def __init__(
        self, tree: app_commands.CommandTree[Any], store: KeyValueStore, guild: discord.Object | None
    ) -> None:
        """`guild` is the only server that gets the commands; None registers them globally."""
        self._tree = tree
        self._store = store
        self._guild = guild

    async def sync_if_changed(self) -> None:
        """Register the commands if they differ from those that Discord has."""
        registered = await self._registered()
        scope = str(self._guild.id) if self._guild else GLOBAL
        digest = self._digest()
        # With global and server commands of the same name, people would see each command twice.
        for other in [other for other in registered if other != scope]:
            await self._remove_commands(other)
            del registered[other]
            await self._save(registered)
        if registered.get(scope) == digest:
            return
        try:
            await self._tree.sync(guild=self._guild)
        except discord.Forbidden:  # the bot has not been invited to that server yet
            log.warning("commands not registered: invite the bot to the server of OUTCROP_GUILD first")
            return
        await self._save({scope: digest})
        log.info("commands registered", scope=scope)

    async def _remove_commands(self, scope: str) -> None:
        guild = None if scope == GLOBAL else discord.Object(int(scope))
        try:
            # The tree has no commands for another scope, and syncing an empty tree removes them.
            await self._tree.sync(guild=guild)
        except (discord.Forbidden, discord.NotFound):
            log.info("commands not removed: the bot has left that server", scope=scope)

    def _digest(self) -> str:
        commands = self._tree.get_commands(guild=self._guild)
        described = json.dumps([command.to_dict(self._tree) for command in commands], sort_keys=True)
        return hashlib.sha256(described.encode()).hexdigest()

    async def _registered(self) -> dict[str, str]:
        """Return the digest of the registered commands by scope."""
        stored: Mapping[str, str] = json.loads(await self._store.get(self._key) or "{}")
        return dict(stored)

    async def _save(self, registered: Mapping[str, str]) -> None:
        await self._store.set(self._key, json.dumps(registered))

    @property
    def _key(self) -> str:
        return f"commands:{self._tree.client.application_id}"
