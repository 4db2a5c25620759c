"""/history: your own results, newest first."""

from typing import Any

import discord
from discord import app_commands

from bot.context import context_of
from bot.inbound.error_replies import replying_on_error
from bot.views.history import page


@app_commands.command(name="history")
@app_commands.allowed_installs(guilds=True, users=False)
@app_commands.allowed_contexts(guilds=True, dms=True, private_channels=False)
async def history(interaction: discord.Interaction[Any]) -> None:
    """Browse your own results, for your eyes alone."""
    async with replying_on_error(interaction):
        letter = await page(context_of(interaction), interaction.user.id, 0)
        view = letter.view() or discord.utils.MISSING
        await interaction.response.send_message(letter.text, view=view, ephemeral=True)
