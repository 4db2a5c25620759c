"""/history: your own results, newest first."""

from typing import Any

import discord
from discord import app_commands

from bot.answering import answering
from bot.views.history import page
from bot.views.house import desk_of


@app_commands.command(name="history")
@app_commands.allowed_installs(guilds=True, users=False)
@app_commands.allowed_contexts(guilds=True, dms=True, private_channels=False)
async def history(interaction: discord.Interaction[Any]) -> None:
    """Browse your own results, for your eyes alone."""
    async with answering(interaction):
        letter = await page(desk_of(interaction), interaction.user.id, 0)
        view = letter.view() or discord.utils.MISSING
        await interaction.response.send_message(letter.text, view=view, ephemeral=True)
