"""The message menu Outcrop…: the way to a picture that the bot may not see by itself."""

from typing import Any

import discord
from discord import app_commands

from bot.answering import answering
from bot.pick import known_or_attached
from bot.views.form import OutcropForm
from bot.views.house import desk_of


@app_commands.context_menu(name="Outcrop…")
@app_commands.allowed_installs(guilds=True, users=False)
@app_commands.allowed_contexts(guilds=True, dms=True, private_channels=False)
async def outcrop_menu(interaction: discord.Interaction[Any], message: discord.Message) -> None:
    """Ask how to extend the message's picture."""
    async with answering(interaction):
        desk = desk_of(interaction)
        source = await known_or_attached(desk, message)
        form = OutcropForm(source)
        desk.forms[form.custom_id] = form
        await interaction.response.send_modal(form)
