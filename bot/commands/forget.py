"""/forget: delete what is kept of you."""

from typing import Any

import discord
from discord import app_commands

from bot.inbound.error_replies import replying_on_error
from bot.outbound.buttons import forget_button
from bot.outbound.messenger import OutgoingMessage
from bot.views.forget import QUESTION


@app_commands.command(name="forget")
@app_commands.allowed_installs(guilds=True, users=False)
@app_commands.allowed_contexts(guilds=True, dms=True, private_channels=False)
async def forget(interaction: discord.Interaction[Any]) -> None:
    """Delete your results and the pictures you sent, for ever."""
    async with replying_on_error(interaction):
        letter = OutgoingMessage(text=QUESTION, buttons=[forget_button(interaction.user.id)])
        view = letter.view() or discord.utils.MISSING
        await interaction.response.send_message(letter.text, view=view, ephemeral=True)
