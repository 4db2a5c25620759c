"""/outcrop: a picture in, a bigger picture out."""

import discord

from bot.commands.options import Interaction, paint_command
from bot.context import context_of
from options.request import PaintRequest


@paint_command(image="The picture to extend")
async def outcrop(interaction: Interaction, request: PaintRequest, image: discord.Attachment) -> None:
    """Paint what lies beyond a picture's frame."""
    await context_of(interaction).requests.handle_interaction(interaction, request, image)
