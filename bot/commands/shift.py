"""/shift: the same size, moved to one side."""

from typing import Any

import discord
from discord import app_commands

from bot.commands.options import with_manner
from bot.commands.shared import Format, Prompt, Seed, TileSize, Variations, describe
from bot.context import context_of
from bot.inbound.error_replies import replying_on_error
from options.request import PaintRequest
from options.shift import Shift, Side
from pictures.geometry import LARGEST_SIDE
from pictures.output_format import output_said
from pictures.recipe import Infill


@app_commands.command(name="shift")
@describe(
    image="The picture to move inside its frame",
    side="Where new pixels are painted; as many are cut off at the other side",
    pixels="How many; none is half of the picture",
)
@app_commands.allowed_installs(guilds=True, users=False)
@app_commands.allowed_contexts(guilds=True, dms=True, private_channels=False)
@with_manner()
async def shift(  # noqa: PLR0917 - one for each option of the command
    settings: PaintRequest,
    interaction: discord.Interaction[Any],
    image: discord.Attachment,
    side: Side,
    pixels: app_commands.Range[int, 1, LARGEST_SIDE] | None = None,
    prompt: Prompt | None = None,
    seed: Seed | None = None,
    variations: Variations = 1,
    infill: Infill | None = None,
    tile_size: TileSize | None = None,
    format: Format | None = None,  # noqa: A002 - its name for people
) -> None:
    """Move a picture inside its frame and paint where it came from."""
    async with replying_on_error(interaction):
        options = settings.model_copy(
            update={
                "shift": Shift(side=side, pixels=pixels),
                "prompt": prompt,
                "seed": seed,
                "variations": variations,
                "infill": infill,
                "tile_size": tile_size,
                "output": output_said(format),
            }
        )
        await context_of(interaction).requests.handle_interaction(interaction, options, image)
