"""The message menu Show recipe: how a picture was made, by Outcrop or another program."""

from typing import Any

import discord

from bot.commands.command import message_menu
from bot.context import context_of
from bot.inbound.message_pictures import find_picture
from bot.texts import recipe as texts
from options.errors import UserError
from pictures.recipe.describe import facts

NO_RECIPE = (
    "This picture has no recipe. Outcrop, InvokeAI, A1111, ComfyUI and NovelAI save one in their files; "
    "editors and some websites remove it."
)


@message_menu("Show recipe")
async def show_recipe(interaction: discord.Interaction[Any], message: discord.Message) -> None:
    """Show how the message's picture was made; only the person who asks sees it."""
    await interaction.response.defer(ephemeral=True, thinking=True)
    context = context_of(interaction)
    recipe = await context.intake.read_recipe(await find_picture(context.results, message))
    if recipe is None:
        raise UserError(NO_RECIPE, code="no_recipe")
    await interaction.edit_original_response(content=texts.recipe(facts(recipe)))
