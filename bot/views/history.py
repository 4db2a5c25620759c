"""The pages of /history."""

import re
from dataclasses import replace
from typing import Any, Self

import discord

from bot.errors import TooLarge
from bot.history.models import DeliveryState, Job
from bot.history.user_results import PAGE_SIZE
from bot.inbound.handler import RequestHandler
from bot.outbound.messenger import OutgoingMessage
from bot.outbound.result_message import ResultMessage, compose_result
from bot.outbound.upload import MIN_FILE_LIMIT
from bot.texts import message_link
from bot.views.persistent import PersistentButton
from bot.views.rerun import GONE
from bus.jobs import JobId
from options.errors import UserError

TOO_LARGE_HERE = "Discord refuses this picture in every form. Please ask whoever runs the bot for the file."

EMPTY = "Nothing yet. Send a picture with `/outcrop`, and what is painted shows up here."


async def page(desk: RequestHandler, person: int, number: int) -> OutgoingMessage:
    """Return one page of a person's results, from page 0."""
    count = await desk.album.count(person)
    if not count:
        return OutgoingMessage(text=EMPTY)
    last = (count - 1) // PAGE_SIZE
    number = min(number, last)
    jobs = await desk.album.page(person, number)
    lines = [f"**Your results** · page {number + 1} of {last + 1}", *(_line(job) for job in jobs)]
    buttons: list[discord.ui.Item[Any]] = []
    if number > 0:
        buttons.append(PageButton(number - 1, "Newer"))
    if number < last:
        buttons.append(PageButton(number + 1, "Older"))
    buttons += [FetchButton(job.id, _short(job)) for job in jobs if _is_nowhere(job)]
    return OutgoingMessage(text="\n".join(lines), buttons=buttons)


def _line(job: Job) -> str:
    first = job.pictures[0]
    seeds = ", ".join(f"`{picture.recipe.seed}`" for picture in job.pictures)
    if _is_nowhere(job):
        where = "in no message"
    elif first.message_id is None or first.channel_id is None:
        where = "on its way"
    else:
        where = f"[show]({message_link(job, first.channel_id, first.message_id)})"
    date = discord.utils.format_dt(job.created_at, "f")
    return f"{date} · {first.recipe.area} · {first.width}×{first.height} · {seeds} · {where}"


def _short(job: Job) -> str:
    return f"{job.pictures[0].recipe.area} · {job.pictures[0].recipe.seed}"[:70]


def _is_nowhere(job: Job) -> bool:
    """Whether some of the result is in no message, and none is on its way."""
    owed = job.delivery is not None and job.delivery.state is DeliveryState.OWED
    return not owed and any(picture.message_id is None for picture in job.pictures)


class PageButton(PersistentButton, template=r"outcrop:history:(?P<page>\d{1,6})"):
    """Turns to another page."""

    def __init__(self, number: int, label: str = "") -> None:
        super().__init__(discord.ui.Button(label=label, custom_id=f"outcrop:history:{number}"))
        self.number = number

    @classmethod
    def from_id(cls, match: re.Match[str]) -> Self:
        """Make the button from its id."""
        return cls(int(match["page"]))

    async def on_press(self, interaction: discord.Interaction, desk: RequestHandler) -> None:
        """Show the other page in place of this one."""
        letter = await page(desk, interaction.user.id, self.number)
        await interaction.response.edit_message(content=letter.text, view=letter.view())


class FetchButton(PersistentButton, template=r"outcrop:fetch:(?P<job>[0-9a-f]{16})"):
    """Hands over a result that could not be delivered."""

    def __init__(self, job: JobId, label: str = "") -> None:
        super().__init__(
            discord.ui.Button(label=f"Fetch {label}".strip(), emoji="📬", custom_id=f"outcrop:fetch:{job}")
        )
        self.job = job

    @classmethod
    def from_id(cls, match: re.Match[str]) -> Self:
        """Make the button from its id."""
        return cls(match["job"])

    async def on_press(self, interaction: discord.Interaction, desk: RequestHandler) -> None:
        """Show the result to its owner alone."""
        await interaction.response.defer(ephemeral=True, thinking=True)
        job = await desk.album.get(self.job)
        if job is None or job.user_id != interaction.user.id:
            raise UserError(GONE)
        job.filesize_limit = interaction.filesize_limit
        await _hand_over(desk, interaction, job)
        await desk.fetched(job.id)


async def _hand_over(desk: RequestHandler, interaction: discord.Interaction, job: Job) -> None:
    """Send a result in files as large as Discord takes here."""
    sent: list[ResultMessage] = []
    while True:
        shown = [index for part in sent for index in part.pictures]
        try:
            for part in await compose_result(job, desk.fitter, shown=shown, sent=len(sent)):
                await desk.messenger.send_followup(interaction, replace(part.message, buttons=()))
                sent.append(part)
        except TooLarge as refused:
            job.filesize_limit //= 2
            if job.filesize_limit < MIN_FILE_LIMIT:
                raise UserError(TOO_LARGE_HERE) from refused
        else:
            return
