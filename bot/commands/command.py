"""The decorators of slash commands and message menus: where they work, and that each gets a reply."""

import functools
from collections.abc import Callable, Coroutine
from typing import Any, TypeAlias, TypeVar

import discord
from discord import app_commands

from bot.inbound.error_replies import replying_on_error

Callback: TypeAlias = Callable[..., Coroutine[Any, Any, None]]
Registered = TypeVar("Registered", app_commands.Command[Any, ..., None], app_commands.ContextMenu)


def command(name: str) -> Callable[[Callback], app_commands.Command[Any, ..., None]]:
    """Make a coroutine a slash command that works in servers and in DMs with the bot.

    An error in it becomes a reply to the person who used it, so that every interaction is answered.
    """
    return lambda callback: _restricted(app_commands.command(name=name)(_replying(callback)))


def message_menu(name: str) -> Callable[[Callback], app_commands.ContextMenu]:
    """Make a coroutine an entry of a message's Apps menu, with all that `command` promises."""
    return lambda callback: _restricted(app_commands.context_menu(name=name)(_replying(callback)))


def _replying(callback: Callback) -> Callback:
    # discord.py reads the options from the signature and the descriptions from attributes: wraps keeps both.
    @functools.wraps(callback)
    async def replying(interaction: discord.Interaction[Any], /, *args: Any, **options: Any) -> None:
        async with replying_on_error(interaction):
            await callback(interaction, *args, **options)

    return replying


def _restricted(registered: Registered) -> Registered:
    for restriction in (
        app_commands.allowed_installs(guilds=True, users=False),
        app_commands.allowed_contexts(guilds=True, dms=True, private_channels=False),
    ):
        restriction(registered)
    return registered
