"""The message menu Show recipe: how a picture was made, whichever program made it."""

from typing import Any

import discord
from discord import app_commands

from bot.answering import answering
from bot.errors import Refused
from bot.pick import known_or_attached
from bot.views.house import desk_of
from pictures.recipe import Found, Recipe
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
    async with answering(interaction):
        await interaction.response.defer(ephemeral=True, thinking=True)
        desk = desk_of(interaction)
        recipe = await desk.recipe_of(await known_or_attached(desk, message))
        if recipe is None:
            raise Refused(SILENT)
        await interaction.edit_original_response(content=text_of(recipe))


def text_of(recipe: Recipe | Found) -> str:
    """Return a recipe as one message."""
    lines = (f"**{name}** {_shown(value)}" for name, value in facts(recipe))
    text = "\n".join(lines)
    return text if len(text) <= 2000 else text[:1999] + "…"


def _shown(value: str) -> str:
    line = " ".join(value.split())
    cut = line if len(line) <= LONGEST_VALUE else line[: LONGEST_VALUE - 1] + "…"
    return discord.utils.escape_mentions(discord.utils.escape_markdown(cut))
