"""Answer messages to the bot: "@bot top 128", with a picture or in reply to one."""

import discord

from bot.context import BotContext
from bot.inbound.error_replies import reply, user_message
from bot.inbound.handler import NO_MASK
from bot.inbound.message_pictures import NO_PICTURE, attached, find_picture, second_picture
from bot.texts import request
from bot.views.rerun import rerun_of
from options.errors import UserError
from options.request import PaintRequest
from options.text_parser import EXAMPLE, ParsedText, parse


async def on_message(context: BotContext, message: discord.Message, me: discord.abc.User) -> None:
    """Take what a message to us asks for, or reply with a sentence.

    To us are direct messages, and those whose words mention us. A reply to the bot mentions it without a
    word of it: it may be a request, or talk among people that is left alone.
    """
    mentions = (f"<@{me.id}>", f"<@!{me.id}>")
    to_us = message.guild is None or any(mention in message.content for mention in mentions)
    text = message.content
    for mention in mentions:
        text = text.replace(mention, " ")
    try:
        said = parse(text)
    except UserError as odd:
        if to_us:
            await reply(message, str(odd))
        return
    if not (said or to_us):
        return
    try:
        await _take(context, message, said)
    except Exception as error:  # noqa: BLE001 - the last place that can still answer
        await reply(message, user_message(error))


async def _take(context: BotContext, message: discord.Message, said: ParsedText) -> None:
    if not said:
        raise UserError(EXAMPLE, code="nothing_asked_for")
    if message.attachments:
        picture, second = attached(message), second_picture(message)
        if said.options.holes or said.options.invert_mask:
            options = said.options.model_copy(update={"holes": True})
            await context.requests.handle_message(message, options, picture, second)
        else:
            await context.requests.handle_message(
                message, said.options, picture, note=request.ONE_PICTURE if second else None
            )
        return
    if said.options.invert_mask:
        raise UserError(NO_MASK, code="mask_missing")
    replied_to = await _replied_to(message)
    if replied_to is None:
        raise UserError(
            "Attach a picture, or reply to one. {example}", code="nothing_attached", example=EXAMPLE
        )
    job = await context.results.find_by_message(replied_to.id)
    if job is not None and (said.again or not said.options.reshapes):
        options, source = rerun_of(job, said.options)
        await context.requests.handle_message(message, options, source)
        return
    meant = await find_picture(context.results, replied_to)
    inherited = job.options.prompt if job else None
    options = PaintRequest(prompt=inherited).changed_by(said.options)
    await context.requests.handle_message(message, options, meant)


async def _replied_to(message: discord.Message) -> discord.Message | None:
    reference = message.reference
    if reference is None or reference.message_id is None:
        return None
    if isinstance(reference.resolved, discord.Message):
        return reference.resolved
    try:
        return await message.channel.fetch_message(reference.message_id)
    except discord.HTTPException as error:
        raise UserError(NO_PICTURE, code="no_picture") from error
