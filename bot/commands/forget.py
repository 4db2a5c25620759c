"""/forget: delete everything that is stored about the person who uses it."""

from typing import Any

import discord

from bot.commands.command import command
from bot.outbound.buttons import forget_button
from bot.outbound.messenger import OutgoingMessage
from bot.texts import history


@command("forget")
async def forget(interaction: discord.Interaction[Any]) -> None:
    """Permanently delete your results and the pictures you sent."""
    message = OutgoingMessage(text=history.FORGET_QUESTION, buttons=[forget_button(interaction.user.id)])
    view = message.view() or discord.utils.MISSING
    await interaction.response.send_message(message.text, view=view, ephemeral=True)
