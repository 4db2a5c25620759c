"""The Discord client: commands, buttons and mentions, and the loops that write to Discord."""

import asyncio
from collections.abc import Callable, Coroutine, Mapping, Sequence
from typing import Any

import discord
import structlog
from discord import app_commands

from bot.command_sync import CommandSync
from bot.commands.forget import forget
from bot.commands.history import history
from bot.commands.mentions import on_message
from bot.commands.outcrop import outcrop
from bot.commands.outcrop_menu import outcrop_menu
from bot.commands.outpaint import outpaint
from bot.commands.queue import queue
from bot.commands.recipe_menu import show_recipe
from bot.commands.shift import shift
from bot.context import BotContext
from bot.history.key_values import KeyValueStore
from bot.inbound.error_replies import reply_privately, user_message
from bot.invite_link import invite_link
from bot.texts.errors import COMMAND_CHANGED, FORM_EXPIRED
from bot.views.cancel import CancelButton
from bot.views.forget import ForgetButton
from bot.views.history import FetchButton, PageButton
from bot.views.rerun import RerunButton

log = structlog.get_logger()

COMMANDS: tuple[app_commands.Command[Any, ..., Any] | app_commands.ContextMenu, ...] = (
    outcrop,
    outpaint,
    shift,
    outcrop_menu,
    show_recipe,
    history,
    queue,
    forget,
)


class OutcropClient(discord.Client):
    """Needs no privileged intent; `context` is what its commands and buttons may use."""

    def __init__(
        self,
        *,
        key_values: KeyValueStore,
        guild: int | None = None,
        announce: Callable[[str], None] = lambda _: None,
    ) -> None:
        # discord.py warns that voice would not work; this bot never uses it.
        discord.VoiceClient.warn_nacl = discord.VoiceClient.warn_dave = False
        super().__init__(
            intents=discord.Intents.default(),
            allowed_mentions=discord.AllowedMentions.none(),
            max_messages=None,
            member_cache_flags=discord.MemberCacheFlags.none(),
        )
        self.context: BotContext
        self.online = False
        """Whether the connection to Discord's gateway is up."""
        self.tree = app_commands.CommandTree(self)
        self.tree.error(_on_command_error)
        self._guild = discord.Object(guild) if guild else None
        self._command_sync = CommandSync(self.tree, key_values, self._guild)
        self._announce = announce
        self._loops: Sequence[Callable[[], Coroutine[Any, Any, None]]] = ()
        self._running: list[asyncio.Task[None]] = []

    def attach(self, context: BotContext, loops: Sequence[Callable[[], Coroutine[Any, Any, None]]]) -> None:
        """Set what can only be built once the client exists; call it before the client starts."""
        self.context = context
        self._loops = loops

    async def setup_hook(self) -> None:
        """Register commands and buttons, then start the loops that write to Discord."""
        for command in COMMANDS:
            self.tree.add_command(command, guild=self._guild)
        self.add_dynamic_items(CancelButton, RerunButton, PageButton, FetchButton, ForgetButton)
        await self._command_sync.sync_if_changed()
        self._running = [asyncio.create_task(self._run_loop(loop)) for loop in self._loops]

    async def close(self) -> None:
        """Stop the loops, then the connection."""
        for task in self._running:
            task.cancel()
        await asyncio.gather(*self._running, return_exceptions=True)
        await super().close()

    async def on_disconnect(self) -> None:
        """Note that the gateway connection is lost; discord.py reconnects by itself."""
        self.online = False

    async def on_resumed(self) -> None:
        """Note that the gateway connection is back."""
        self.online = True

    async def on_ready(self) -> None:
        """Announce that the bot is online, with the link that invites it."""
        assert self.application_id is not None
        self.online = True
        log.info("ready", servers=len(self.guilds))
        self._announce(f"{self.user} is online. Invite it with {invite_link(self.application_id)}")

    async def on_guild_join(self, guild: discord.Guild) -> None:
        """Register the commands when the bot joins the one server that they are for."""
        if self._guild is not None and guild.id == self._guild.id:
            await self._command_sync.sync_if_changed()

    async def on_message(self, message: discord.Message) -> None:
        """Handle direct messages and messages that mention the bot, as replies to it do."""
        if self.user is None or message.author.bot or message.is_system():
            return
        if message.guild is None or self.user in message.mentions:
            await on_message(self.context, message, self.user)

    async def on_interaction(self, interaction: discord.Interaction) -> None:
        """Answer a form that has expired; discord.py routes every other interaction."""
        if interaction.type is discord.InteractionType.modal_submit:
            data: Mapping[str, Any] = interaction.data or {}
            form = self.context.forms.get(str(data.get("custom_id")))
            if (form is None or form.is_finished()) and not interaction.response.is_done():
                await reply_privately(interaction, FORM_EXPIRED)

    async def _run_loop(self, loop: Callable[[], Coroutine[Any, Any, None]]) -> None:
        """Run a loop; if it fails, close the client, so that the supervisor restarts the bot."""
        try:
            await loop()
        except Exception:
            log.exception("background loop failed")
            await super().close()
            raise


async def _on_command_error(
    interaction: discord.Interaction[Any], error: app_commands.AppCommandError
) -> None:
    """Answer an interaction that fails before its command runs."""
    changed = isinstance(error, app_commands.CommandSignatureMismatch)
    await reply_privately(interaction, COMMAND_CHANGED if changed else user_message(error))
