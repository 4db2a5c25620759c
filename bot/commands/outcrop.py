"""/outcrop: a picture in, a bigger picture out."""

from typing import Any

import discord
from discord import app_commands

from bot.commands.options import with_manner
from bot.commands.shared import Format, Prompt, Seed, Side, TileSize, Variations, describe
from bot.context import context_of
from bot.inbound.error_replies import replying_on_error
from options.request import PaintRequest
from options.target import LEAST_ZOOM, MOST_ZOOM, Anchor, target_of
from pictures.geometry import Outcrop
from pictures.output_format import output_said
from pictures.recipe import Infill


@app_commands.command(name="outcrop")
@describe(
    image="The picture to extend",
    top="Pixels to add above, rounded up to 64",
    right="Pixels to add on the right, rounded up to 64",
    bottom="Pixels to add below, rounded up to 64",
    left="Pixels to add on the left, rounded up to 64",
    aspect="In place of sides: reach this aspect, for example 16:9",
    zoom="In place of sides: grow all around, to 1.25 to 4 times the size",
    size="In place of sides: reach exactly this size, for example 1920x1080",
    anchor="Where the picture lies in that aspect, zoom or size",
)
@app_commands.allowed_installs(guilds=True, users=False)
@app_commands.allowed_contexts(guilds=True, dms=True, private_channels=False)
@with_manner(without=("bleed", "context", "guide", "seam_steps"))
async def outcrop(  # noqa: PLR0917 - one for each option of the command
    settings: PaintRequest,
    interaction: discord.Interaction[Any],
    image: discord.Attachment,
    top: Side = 0,
    right: Side = 0,
    bottom: Side = 0,
    left: Side = 0,
    prompt: Prompt | None = None,
    seed: Seed | None = None,
    variations: Variations = 1,
    infill: Infill | None = None,
    tile_size: TileSize | None = None,
    exact: bool = False,
    aspect: app_commands.Range[str, 3, 20] | None = None,
    zoom: app_commands.Range[float, float(LEAST_ZOOM), float(MOST_ZOOM)] | None = None,
    size: app_commands.Range[str, 3, 20] | None = None,
    anchor: Anchor = Anchor.CENTER,
    format: Format | None = None,  # noqa: A002 - its name for people
) -> None:
    """Paint what lies beyond a picture's frame."""
    async with replying_on_error(interaction):
        options = settings.model_copy(
            update={
                "sides": Outcrop(top=top, right=right, bottom=bottom, left=left),
                "exact": exact,
                "target": target_of(
                    aspect=aspect, zoom=None if zoom is None else f"{zoom:g}", size=size, anchor=anchor
                ),
                "prompt": prompt,
                "seed": seed,
                "variations": variations,
                "infill": infill,
                "tile_size": tile_size,
                "output": output_said(format),
            }
        )
        await context_of(interaction).requests.handle_interaction(interaction, options, image)
