"""The message menu Outcrop…: lets the bot read a picture in a message that it cannot see otherwise."""

from typing import Any

import discord

from bot.commands.command import message_menu
from bot.context import context_of
from bot.inbound.message_pictures import find_picture
from bot.views.outcrop_form import OutcropForm


@message_menu("Outcrop…")
async def outcrop_menu(interaction: discord.Interaction[Any], message: discord.Message) -> None:
    """Open a form that asks how to extend the message's picture."""
    context = context_of(interaction)
    form = OutcropForm(await find_picture(context.results, message))
    context.forms[form.custom_id] = form
    await interaction.response.send_modal(form)
