"""Which picture of a message is meant."""

import discord

from bot.history.user_results import UserResults
from bot.inbound.source import Source, StoredPicture
from options.errors import UserError

NO_PICTURE = (
    "I can’t see a picture in that message. If it has one, open the message’s menu: **Apps → Outcrop…** "
    "(on a phone: hold the message, then Apps). That lets me see it."
)


async def find_picture(results: UserResults, message: discord.Message) -> Source:
    """Return the message's picture, from the history if it is one of ours; raises Refused for none."""
    job = await results.find_by_message(message.id)
    if job is not None:
        picture = next(one for one in job.pictures if one.message_id == message.id)
        return StoredPicture(sha256=picture.sha256, name=job.source_name, parent=job.id)
    return attached(message)


def second_picture(message: discord.Message) -> discord.Attachment | None:
    """Return the second picture that is attached to a message, if there is one."""
    return next(iter(_pictures(message)[1:]), None)


def attached(message: discord.Message) -> discord.Attachment:
    """Return the message's first attachment, pictures first; raises Refused if there is none."""
    for attachment in [*_pictures(message), *message.attachments]:
        return attachment
    raise UserError(NO_PICTURE, code="no_picture")


def _pictures(message: discord.Message) -> list[discord.Attachment]:
    return [one for one in message.attachments if (one.content_type or "").startswith("image/")]
