"""No press without an answer: whatever goes wrong in an interaction is told to the person."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiohttp
import discord
import structlog

from bot.errors import StorageFailed
from bot.texts.errors import STORAGE_FAILED, UNEXPECTED, in_channel
from pictures.errors import UserFacingError

log = structlog.get_logger()

UNREACHABLE = (discord.HTTPException, aiohttp.ClientError, OSError)
"""What is raised when Discord does not take an answer; a time limit is an OSError."""


def user_message(error: Exception) -> str:
    """Return what to tell a person about an error; what we did not foresee goes to the log."""
    match error:
        case UserFacingError():
            return in_channel(error)
        case StorageFailed():
            log.warning("storage failed", error=str(error))
            return STORAGE_FAILED
        case _:
            log.error("unforeseen error", exc_info=error)
            return UNEXPECTED


@asynccontextmanager
async def replying_on_error(interaction: discord.Interaction) -> AsyncIterator[None]:
    """Tell the person when the body fails."""
    try:
        yield
    except Exception as error:  # noqa: BLE001 - the last place that can still answer
        await reply_privately(interaction, user_message(error))


async def reply_privately(interaction: discord.Interaction, text: str) -> None:
    """Answer an interaction for the person's eyes, or in place of its "thinking…"."""
    try:
        if interaction.response.is_done():
            await interaction.edit_original_response(content=text, view=None)
        else:
            await interaction.response.send_message(text, ephemeral=True)
    except UNREACHABLE as error:
        log.warning("interaction not answered", error=str(error))


async def reply(message: discord.Message, text: str) -> None:
    """Answer a message."""
    try:
        await message.reply(text, mention_author=False)
    except UNREACHABLE as error:
        log.warning("message not answered", error=str(error))
