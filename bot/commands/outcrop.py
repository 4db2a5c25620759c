"""/outcrop: a picture in, a bigger picture out."""

from typing import Any

import discord
from discord import app_commands

from bot.answering import answering
from bot.commands.manner import with_manner
from bot.filling import LARGEST_TILE, LEAST_TILE
from bot.manner import Manner
from bot.options import LONGEST_PROMPT, Options
from bot.views.house import desk_of
from bus.jobs import MOST_VARIATIONS
from pictures.geometry import LARGEST_SIDE, Outcrop
from pictures.output import output_said
from pictures.recipe import LARGEST_SEED, Infill
from pictures.target import LEAST_ZOOM, MOST_ZOOM, Anchor, target_of

Side = app_commands.Range[int, 0, LARGEST_SIDE]


@app_commands.command(name="outcrop")
@app_commands.describe(
    image="The picture to extend",
    top="Pixels to add above, rounded up to 64",
    right="Pixels to add on the right, rounded up to 64",
    bottom="Pixels to add below, rounded up to 64",
    left="Pixels to add on the left, rounded up to 64",
    prompt="What to paint there",
    seed="The same seed paints the same picture; -1 or none draws one",
    variations="How many pictures, with seeds seed, seed + 1, …",
    infill="What lies there before the model paints; all that a draft has",
    tile_size="Pixels a side of the tiles of that infill (32)",
    exact="Keep the sides as they are instead of rounding up to 64",
    aspect="In place of sides: reach this aspect, for example 16:9",
    zoom="In place of sides: grow all around, to 1.25 to 4 times the size",
    size="In place of sides: reach exactly this size, for example 1920x1080",
    anchor="Where the picture lies in that aspect, zoom or size",
    format="The file to send: png, webp (lossless), jpeg, or with a quality: jpeg 85, webp 90",
)
@app_commands.allowed_installs(guilds=True, users=False)
@app_commands.allowed_contexts(guilds=True, dms=True, private_channels=False)
@with_manner(without=("bleed", "context", "guide", "seam_steps"))
async def outcrop(  # noqa: PLR0917 - one for each option of the command
    manner: Manner,
    interaction: discord.Interaction[Any],
    image: discord.Attachment,
    top: Side = 0,
    right: Side = 0,
    bottom: Side = 0,
    left: Side = 0,
    prompt: app_commands.Range[str, 0, LONGEST_PROMPT] | None = None,
    seed: app_commands.Range[int, -1, LARGEST_SEED] | None = None,
    variations: app_commands.Range[int, 1, MOST_VARIATIONS] = 1,
    infill: Infill | None = None,
    tile_size: app_commands.Range[int, LEAST_TILE, LARGEST_TILE] | None = None,
    exact: bool = False,
    aspect: app_commands.Range[str, 3, 20] | None = None,
    zoom: app_commands.Range[float, float(LEAST_ZOOM), float(MOST_ZOOM)] | None = None,
    size: app_commands.Range[str, 3, 20] | None = None,
    anchor: Anchor = Anchor.CENTER,
    format: app_commands.Range[str, 3, 12] | None = None,  # noqa: A002 - its name for people
) -> None:
    """Paint what lies beyond a picture's frame."""
    async with answering(interaction):
        options = Options(
            sides=Outcrop(top=top, right=right, bottom=bottom, left=left),
            exact=exact,
            target=target_of(
                aspect=aspect, zoom=None if zoom is None else f"{zoom:g}", size=size, anchor=anchor
            ),
            prompt=prompt,
            seed=seed,
            variations=variations,
            infill=infill,
            tile_size=tile_size,
            **dict(manner),
            output=output_said(format),
        )
        await desk_of(interaction).take_interaction(interaction, options, image)
