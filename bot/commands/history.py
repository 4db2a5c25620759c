"""/history: a person's own results, newest first."""

from typing import Any

import discord

from bot.commands.command import command
from bot.context import context_of
from bot.views.history import page


@command("history")
async def history(interaction: discord.Interaction[Any]) -> None:
    """Browse your own results; only you can see them."""
    message = await page(context_of(interaction), interaction.user.id, 0)
    view = message.view() or discord.utils.MISSING
    await interaction.response.send_message(message.text, view=view, ephemeral=True)
