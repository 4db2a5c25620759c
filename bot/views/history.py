"""The pages of /history."""

from dataclasses import replace

import discord

from bot.context import BotContext
from bot.errors import TooLarge
from bot.history.models import DeliveryState, Job
from bot.history.user_results import PAGE_SIZE
from bot.outbound.buttons import FETCH_ID, PAGE_ID, Button, fetch_button, page_button
from bot.outbound.job_texts import message_link
from bot.outbound.messenger import OutgoingMessage
from bot.outbound.result_message import ResultMessage, compose_result
from bot.outbound.upload import MIN_FILE_LIMIT
from bot.texts import history
from bot.views.persistent import PersistentButton
from bot.views.rerun import PICTURE_DELETED
from options.errors import UserError

TOO_LARGE = "Discord refuses this picture in every format. Please ask whoever runs the bot for the file."


async def page(context: BotContext, user_id: int, number: int) -> OutgoingMessage:
    """Return one page of a person's results, from page 0."""
    count = await context.results.count(user_id)
    if not count:
        return OutgoingMessage(text=history.EMPTY)
    last = (count - 1) // PAGE_SIZE
    number = min(number, last)
    jobs = await context.results.page(user_id, number)
    lines = [history.title(number + 1, last + 1), *(_line(job) for job in jobs)]
    buttons: list[Button] = []
    if number > 0:
        buttons.append(page_button(number - 1, history.NEWER))
    if number < last:
        buttons.append(page_button(number + 1, history.OLDER))
    buttons += [fetch_button(job.id, _label(job)) for job in jobs if _is_undelivered(job)]
    return OutgoingMessage(text="\n".join(lines), buttons=buttons)


def _line(job: Job) -> str:
    first = job.pictures[0]
    seeds = [picture.recipe.seed for picture in job.pictures]
    if _is_undelivered(job):
        place = history.NOT_DELIVERED
    elif first.message_id is None or first.channel_id is None:
        place = history.BEING_DELIVERED
    else:
        place = history.link(message_link(job, first.channel_id, first.message_id))
    date = discord.utils.format_dt(job.created_at, "f")
    return history.line(date, first.recipe.area, f"{first.width}×{first.height}", seeds, place)


def _label(job: Job) -> str:
    return f"{job.pictures[0].recipe.area} · {job.pictures[0].recipe.seed}"[:70]


def _is_undelivered(job: Job) -> bool:
    """Whether a picture of the result is in no message and no delivery is pending."""
    owed = job.delivery is not None and job.delivery.state is DeliveryState.OWED
    return not owed and any(picture.message_id is None for picture in job.pictures)


class PageButton(PersistentButton, template=PAGE_ID):
    """Shows another page of /history."""

    async def on_press(self, interaction: discord.Interaction, context: BotContext) -> None:
        """Replace this page with the other one."""
        message = await page(context, interaction.user.id, int(self.match["page"]))
        await interaction.response.edit_message(content=message.text, view=message.view())


class FetchButton(PersistentButton, template=FETCH_ID):
    """Sends a result that could not be delivered."""

    async def on_press(self, interaction: discord.Interaction, context: BotContext) -> None:
        """Send the result; only its owner sees it."""
        await interaction.response.defer(ephemeral=True, thinking=True)
        job = await context.results.get(self.match["job"])
        if job is None or job.user_id != interaction.user.id:
            raise UserError(PICTURE_DELETED, code="picture_forgotten")
        job.filesize_limit = interaction.filesize_limit
        await _send_pictures(context, interaction, job)
        await context.deliveries.close(job.id, DeliveryState.SENT)


async def _send_pictures(context: BotContext, interaction: discord.Interaction, job: Job) -> None:
    """Send a result, with half the file size each time Discord refuses it as too large."""
    sent: list[ResultMessage] = []
    while True:
        shown = [index for part in sent for index in part.pictures]
        try:
            for part in await compose_result(job, context.encoder, shown=shown, sent=len(sent)):
                await context.messenger.send_followup(interaction, replace(part.message, buttons=()))
                sent.append(part)
        except TooLarge as refused:
            job.filesize_limit //= 2
            if job.filesize_limit < MIN_FILE_LIMIT:
                raise UserError(TOO_LARGE, code="too_large_for_discord") from refused
        else:
            return
