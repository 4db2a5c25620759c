"""The message menu Outcrop…: the way to a picture that the bot may not see by itself."""

from typing import Any

import discord
from discord import app_commands

from bot.context import context_of
from bot.inbound.error_replies import replying_on_error
from bot.inbound.message_pictures import find_picture
from bot.views.outcrop_form import OutcropForm


@app_commands.context_menu(name="Outcrop…")
@app_commands.allowed_installs(guilds=True, users=False)
@app_commands.allowed_contexts(guilds=True, dms=True, private_channels=False)
async def outcrop_menu(interaction: discord.Interaction[Any], message: discord.Message) -> None:
    """Ask how to extend the message's picture."""
    async with replying_on_error(interaction):
        context = context_of(interaction)
        source = await find_picture(context.results, message)
        form = OutcropForm(source)
        context.forms[form.custom_id] = form
        await interaction.response.send_modal(form)
