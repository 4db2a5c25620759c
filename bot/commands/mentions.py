"""Answer messages to the bot: "@bot top 128", with a picture or in reply to one."""

import discord

from bot.context import BotContext
from bot.inbound.error_replies import reply, user_message
from bot.inbound.handler import NO_MASK
from bot.inbound.message_pictures import NO_PICTURE, find_picture, first_attachment, second_picture
from bot.texts import request
from bot.views.rerun import rerun_of
from options.errors import UserError
from options.request import PaintRequest
from options.text_parser import EXAMPLE, ParsedText, parse


async def on_message(context: BotContext, message: discord.Message, bot_user: discord.abc.User) -> None:
    """Handle a message to the bot, or reply with what is wrong in it.

    Direct messages and messages whose text mentions the bot always get an answer. A reply to the bot pings it
    without a mention in the text: it is handled if it is a request, and otherwise ignored as conversation.
    """
    mentions = (f"<@{bot_user.id}>", f"<@!{bot_user.id}>")
    addressed = message.guild is None or any(mention in message.content for mention in mentions)
    text = message.content
    for mention in mentions:
        text = text.replace(mention, " ")
    try:
        parsed = parse(text)
    except UserError as error:
        if addressed:
            await reply(message, str(error))
        return
    if not (parsed or addressed):
        return
    try:
        await _handle(context, message, parsed)
    except Exception as error:  # noqa: BLE001 - the last place that can still answer
        await reply(message, user_message(error))


async def _handle(context: BotContext, message: discord.Message, parsed: ParsedText) -> None:
    if not parsed:
        raise UserError(EXAMPLE, code="nothing_asked_for")
    if message.attachments:
        picture, second = first_attachment(message), second_picture(message)
        if parsed.options.holes or parsed.options.invert_mask:
            options = parsed.options.model_copy(update={"holes": True})
            await context.requests.handle_message(message, options, picture, second)
        else:
            await context.requests.handle_message(
                message, parsed.options, picture, note=request.ONE_PICTURE if second else None
            )
        return
    if parsed.options.invert_mask:
        raise UserError(NO_MASK, code="mask_missing")
    replied_to = await _replied_to(message)
    if replied_to is None:
        raise UserError(
            "Attach a picture, or reply to one. {example}", code="nothing_attached", example=EXAMPLE
        )
    job = await context.results.find_by_message(replied_to.id)
    if job is not None and (parsed.again or not parsed.options.reshapes):
        options, stored = rerun_of(job, parsed.options)
        await context.requests.handle_message(message, options, stored)
        return
    source = await find_picture(context.results, replied_to)
    inherited = job.options.prompt if job else None
    options = PaintRequest(prompt=inherited).changed_by(parsed.options)
    await context.requests.handle_message(message, options, source)


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
