"""/outpaint: paint what is transparent in a picture, or what a mask marks."""

from typing import Any

import discord
from discord import app_commands

from bot.commands.options import with_manner
from bot.commands.shared import Format, Prompt, Seed, Side, TileSize, Variations, describe
from bot.context import context_of
from bot.inbound.error_replies import replying_on_error
from options.request import PaintRequest
from pictures.geometry import Outcrop
from pictures.output_format import output_said
from pictures.recipe import Infill


@app_commands.command(name="outpaint")
@describe(
    image="The picture; what is transparent in it is painted, what is opaque stays as it is",
    mask="A picture of the same size: white is painted, black stays, grey is mixed",
    invert_mask="Paint what is black in the mask, and keep what is white",
    top="Pixels to add above as well, rounded up to 64",
    right="Pixels to add on the right as well, rounded up to 64",
    bottom="Pixels to add below as well, rounded up to 64",
    left="Pixels to add on the left as well, rounded up to 64",
)
@app_commands.allowed_installs(guilds=True, users=False)
@app_commands.allowed_contexts(guilds=True, dms=True, private_channels=False)
@with_manner(without=("bleed", "guide"))
async def outpaint(  # noqa: PLR0917 - one for each option of the command
    settings: PaintRequest,
    interaction: discord.Interaction[Any],
    image: discord.Attachment,
    mask: discord.Attachment | None = None,
    prompt: Prompt | None = None,
    invert_mask: bool = False,
    top: Side = 0,
    right: Side = 0,
    bottom: Side = 0,
    left: Side = 0,
    exact: bool = False,
    seed: Seed | None = None,
    variations: Variations = 1,
    infill: Infill | None = None,
    tile_size: TileSize | None = None,
    format: Format | None = None,  # noqa: A002 - its name for people
) -> None:
    """Paint what is transparent in a picture, or what a mask marks."""
    async with replying_on_error(interaction):
        options = settings.model_copy(
            update={
                "holes": True,
                "invert_mask": invert_mask or None,
                "sides": Outcrop(top=top, right=right, bottom=bottom, left=left),
                "exact": exact,
                "prompt": prompt,
                "seed": seed,
                "variations": variations,
                "infill": infill,
                "tile_size": tile_size,
                "output": output_said(format),
            }
        )
        await context_of(interaction).requests.handle_interaction(interaction, options, image, mask)
