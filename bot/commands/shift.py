"""/shift: the same size, moved to one side."""

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
from pictures.geometry import LARGEST_SIDE
from pictures.output import output_said
from pictures.recipe import LARGEST_SEED, Infill
from pictures.shift import Shift, Side


@app_commands.command(name="shift")
@app_commands.describe(
    image="The picture to move inside its frame",
    side="Where new pixels are painted; as many are cut off at the other side",
    pixels="How many; none is half of the picture",
    prompt="What to paint there",
    seed="The same seed paints the same picture; -1 or none draws one",
    variations="How many pictures, with seeds seed, seed + 1, …",
    infill="What lies there before the model paints; all that a draft has",
    tile_size="Pixels a side of the tiles of that infill (32)",
    format="The file to send: png, webp (lossless), jpeg, or with a quality: jpeg 85, webp 90",
)
@app_commands.allowed_installs(guilds=True, users=False)
@app_commands.allowed_contexts(guilds=True, dms=True, private_channels=False)
@with_manner()
async def shift(  # noqa: PLR0917 - one for each option of the command
    manner: Manner,
    interaction: discord.Interaction[Any],
    image: discord.Attachment,
    side: Side,
    pixels: app_commands.Range[int, 1, LARGEST_SIDE] | None = None,
    prompt: app_commands.Range[str, 0, LONGEST_PROMPT] | None = None,
    seed: app_commands.Range[int, -1, LARGEST_SEED] | None = None,
    variations: app_commands.Range[int, 1, MOST_VARIATIONS] = 1,
    infill: Infill | None = None,
    tile_size: app_commands.Range[int, LEAST_TILE, LARGEST_TILE] | None = None,
    format: app_commands.Range[str, 3, 12] | None = None,  # noqa: A002 - its name for people
) -> None:
    """Move a picture inside its frame and paint where it came from."""
    async with answering(interaction):
        options = Options(
            shift=Shift(side=side, pixels=pixels),
            prompt=prompt,
            seed=seed,
            variations=variations,
            infill=infill,
            tile_size=tile_size,
            **dict(manner),
            output=output_said(format),
        )
        await desk_of(interaction).take_interaction(interaction, options, image)
