"""/outpaint: paint what is transparent in a picture, or what a mask marks."""

import discord

from bot.commands.options import SIDES, Interaction, paint_command
from bot.context import context_of
from options.request import PaintRequest
from options.table import OPTIONS


@paint_command(
    image="The picture; what is transparent in it is painted, what is opaque stays as it is",
    mask=OPTIONS["mask"].summary,
    first=("prompt", "invert_mask", *SIDES, "exact"),
)
async def outpaint(
    interaction: Interaction,
    request: PaintRequest,
    image: discord.Attachment,
    mask: discord.Attachment | None = None,
) -> None:
    """Paint what is transparent in a picture, or what a mask marks."""
    request = request.model_copy(update={"holes": True})
    await context_of(interaction).requests.handle_interaction(interaction, request, image, mask)
