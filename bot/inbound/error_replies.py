"""Replies to people when an interaction or a message fails, so that each gets an answer."""

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
"""Raised when a reply does not reach Discord; TimeoutError is an OSError."""


def user_message(error: Exception) -> str:
    """Return what to tell a person about an error; an unexpected one is logged with its traceback."""
    match error:
        case UserFacingError():
            return in_channel(error)
        case StorageFailed():
            log.warning("storage failed", error=str(error))
            return STORAGE_FAILED
        case _:
            log.error("unexpected error", exc_info=error)
            return UNEXPECTED


@asynccontextmanager
async def replying_on_error(interaction: discord.Interaction) -> AsyncIterator[None]:
    """Send the person a message if the body raises."""
    try:
        yield
    except Exception as error:  # noqa: BLE001 - the last place that can still answer
        await reply_privately(interaction, user_message(error))


async def reply_privately(interaction: discord.Interaction, text: str) -> None:
    """Reply to an interaction so that only the person sees it, or in place of its "thinking…"."""
    try:
        if interaction.response.is_done():
            await interaction.edit_original_response(content=text, view=None)
        else:
            await interaction.response.send_message(text, ephemeral=True)
    except UNREACHABLE as error:
        log.warning("interaction reply failed", error=str(error))


async def reply(message: discord.Message, text: str) -> None:
    """Reply to a message, without a ping."""
    try:
        await message.reply(text, mention_author=False)
    except UNREACHABLE as error:
        log.warning("message reply failed", error=str(error))
