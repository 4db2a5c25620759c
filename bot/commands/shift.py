"""/shift: the same size, moved to one side."""

import discord

from bot.commands.options import Interaction, paint_command
from bot.context import context_of
from options.request import PaintRequest


@paint_command(image="The picture to slide inside its frame")
async def shift(interaction: Interaction, request: PaintRequest, image: discord.Attachment) -> None:
    """Slide a picture inside its frame and paint the uncovered edge."""
    await context_of(interaction).requests.handle_interaction(interaction, request, image)
