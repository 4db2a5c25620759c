"""The message menu Show recipe: how a picture was made, whichever program made it."""

from typing import Any

import discord
from discord import app_commands

from bot.context import context_of
from bot.inbound.error_replies import replying_on_error
from bot.inbound.message_pictures import find_picture
from options.errors import UserError
from pictures.recipe import ForeignRecipe, Recipe
from pictures.recipe.describe import facts

SILENT = (
    "This picture does not say how it was made. Outcrop, InvokeAI, A1111, ComfyUI and NovelAI write it into "
    "their files; editors and some websites take it out."
)

LONGEST_VALUE = 700
"""Characters: prompt, negative prompt and all else stay under the 2,000 of a message."""


@app_commands.context_menu(name="Show recipe")
@app_commands.allowed_installs(guilds=True, users=False)
@app_commands.allowed_contexts(guilds=True, dms=True, private_channels=False)
async def show_recipe(interaction: discord.Interaction[Any], message: discord.Message) -> None:
    """Say, for your eyes alone, how the message's picture was made."""
    async with replying_on_error(interaction):
        await interaction.response.defer(ephemeral=True, thinking=True)
        context = context_of(interaction)
        recipe = await context.intake.read_recipe(await find_picture(context.results, message))
        if recipe is None:
            raise UserError(SILENT)
        await interaction.edit_original_response(content=text_of(recipe))


def text_of(recipe: Recipe | ForeignRecipe) -> str:
    """Return a recipe as one message."""
    lines = (f"**{name}** {_shown(value)}" for name, value in facts(recipe))
    text = "\n".join(lines)
    return text if len(text) <= 2000 else text[:1999] + "…"


def _shown(value: str) -> str:
    line = " ".join(value.split())
    cut = line if len(line) <= LONGEST_VALUE else line[: LONGEST_VALUE - 1] + "…"
    return discord.utils.escape_mentions(discord.utils.escape_markdown(cut))
