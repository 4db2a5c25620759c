"""/shift: the same size, moved to one side."""

from typing import Any

import discord
from discord import app_commands

from bot.answering import answering
from bot.options import LONGEST_PROMPT, Options
from bot.views.house import desk_of
from bus.jobs import MOST_VARIATIONS
from pictures.geometry import LARGEST_SIDE
from pictures.output import BEST_QUALITY, FileFormat, output_of
from pictures.recipe import LARGEST_SEED
from pictures.shift import Shift, Side


@app_commands.command(name="shift")
@app_commands.describe(
    image="The picture to move inside its frame",
    side="Where new pixels are painted; as many are cut off at the other side",
    pixels="How many; none is half of the picture",
    prompt="What to paint there",
    seed="The same seed paints the same picture; -1 or none draws one",
    variations="How many pictures, with seeds seed, seed + 1, …",
    format="The file to send: png (as it is without this), webp or jpeg; the history keeps the PNG",
    quality="1 to 100, for jpeg and for webp, which is lossless without it",
)
@app_commands.allowed_installs(guilds=True, users=False)
@app_commands.allowed_contexts(guilds=True, dms=True, private_channels=False)
async def shift(  # noqa: PLR0917 - one for each option of the command
    interaction: discord.Interaction[Any],
    image: discord.Attachment,
    side: Side,
    pixels: app_commands.Range[int, 1, LARGEST_SIDE] | None = None,
    prompt: app_commands.Range[str, 0, LONGEST_PROMPT] | None = None,
    seed: app_commands.Range[int, -1, LARGEST_SEED] | None = None,
    variations: app_commands.Range[int, 1, MOST_VARIATIONS] = 1,
    format: FileFormat | None = None,  # noqa: A002 - its name for people
    quality: app_commands.Range[int, 1, BEST_QUALITY] | None = None,
) -> None:
    """Move a picture inside its frame and paint where it came from."""
    async with answering(interaction):
        options = Options(
            shift=Shift(side=side, pixels=pixels),
            prompt=prompt,
            seed=seed,
            variations=variations,
            output=output_of(format=format, quality=quality),
        )
        await desk_of(interaction).take_interaction(interaction, options, image)
