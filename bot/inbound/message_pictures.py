"""Find the picture that a request about a message is for."""

import discord

from bot.history.user_results import UserResults
from bot.inbound.source import Source, StoredPicture
from options.errors import UserError

NO_PICTURE = (
    "I can’t see a picture in that message. If it has one, open the message’s menu: **Apps → Outcrop…** "
    "(on a phone: hold the message, then Apps). That lets me see it."
)


async def find_picture(results: UserResults, message: discord.Message) -> Source:
    """Return the message's picture, from the history if the bot made it; raises UserError for none."""
    job = await results.find_by_message(message.id)
    if job is not None:
        picture = next(picture for picture in job.pictures if picture.message_id == message.id)
        return StoredPicture(sha256=picture.sha256, name=job.source_name, parent=job.id)
    return first_attachment(message)


def second_picture(message: discord.Message) -> discord.Attachment | None:
    """Return the second picture that is attached to a message, if there is one."""
    return next(iter(_pictures(message)[1:]), None)


def first_attachment(message: discord.Message) -> discord.Attachment:
    """Return the message's first attachment, pictures first; raises UserError if there is none."""
    for attachment in [*_pictures(message), *message.attachments]:
        return attachment
    raise UserError(NO_PICTURE, code="no_picture")


def _pictures(message: discord.Message) -> list[discord.Attachment]:
    return [
        attachment
        for attachment in message.attachments
        if (attachment.content_type or "").startswith("image/")
    ]
