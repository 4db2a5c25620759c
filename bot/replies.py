"""Answer messages that mention the bot: "@bot top 128", with a picture or in reply to one."""

import discord

from bot.answering import explain
from bot.desk import Desk
from bot.errors import Refused
from bot.grammar import EXAMPLE, Said, parse
from bot.options import Options
from bot.pick import NO_PICTURE, attached, known_or_attached
from bot.views.rerun import rerun_of


async def on_mention(desk: Desk, message: discord.Message, me: discord.abc.User) -> None:
    """Take what a message asks for, or reply with a sentence.

    Replies to the bot mention it without a word of it; those that are no request are left alone.
    """
    addressed = any(form in message.content for form in (f"<@{me.id}>", f"<@!{me.id}>"))
    text = message.content.replace(f"<@{me.id}>", " ").replace(f"<@!{me.id}>", " ")
    try:
        said = parse(text)
        if not said and not addressed:
            return
        await _take(desk, message, said)
    except Exception as error:  # noqa: BLE001 - the last place that can still answer
        if addressed or not isinstance(error, Refused):
            await message.reply(explain(error), mention_author=False)


async def _take(desk: Desk, message: discord.Message, said: Said) -> None:
    if not said:
        raise Refused(EXAMPLE)
    if message.attachments:
        await desk.take_message(message, said.options, attached(message))
        return
    replied_to = await _replied_to(message)
    if replied_to is None:
        raise Refused(f"Attach a picture, or reply to one. {EXAMPLE}")
    job = await desk.album.shown_in(replied_to.id)
    if job is not None and not said.options.sides:
        options, source = rerun_of(job, said.options)
        await desk.take_message(message, options, source)
        return
    picture = await known_or_attached(desk, replied_to)
    inherited = job.options.prompt if job else None
    options = Options(prompt=inherited).changed_by(said.options)
    await desk.take_message(message, options, picture)


async def _replied_to(message: discord.Message) -> discord.Message | None:
    reference = message.reference
    if reference is None or reference.message_id is None:
        return None
    if isinstance(reference.resolved, discord.Message):
        return reference.resolved
    try:
        return await message.channel.fetch_message(reference.message_id)
    except discord.HTTPException as error:
        raise Refused(NO_PICTURE) from error
