"""The ✖ under a status message."""

import re
from typing import Self

import discord

from bot.history.models import JobState
from bot.inbound.handler import RequestHandler
from bot.views.persistent import PersistentButton
from bus.jobs import JobId


class CancelButton(PersistentButton, template=r"outcrop:cancel:(?P<job>[0-9a-f]{16})"):
    """Cancels its job, for the job's owner."""

    def __init__(self, job: JobId) -> None:
        super().__init__(
            discord.ui.Button(
                label="Cancel",
                emoji="✖️",
                style=discord.ButtonStyle.secondary,
                custom_id=f"outcrop:cancel:{job}",
            )
        )
        self.job = job

    @classmethod
    def from_id(cls, match: re.Match[str]) -> Self:
        """Make the button from its id."""
        return cls(match["job"])

    async def on_press(self, interaction: discord.Interaction, desk: RequestHandler) -> None:
        """Cancel, or say why not."""
        await interaction.response.defer(ephemeral=True, thinking=True)
        said = await cancel(desk, self.job, interaction.user.id)
        await interaction.edit_original_response(content=said)


async def cancel(desk: RequestHandler, job_id: JobId, person: int) -> str:
    """Cancel a job for a person, and return what to tell them."""
    job = await desk.jobs.get(job_id)
    if job is None:
        return "This job has been deleted."
    if job.user_id != person:
        return "Only the person who asked for this picture can cancel it."
    match await desk.cancel(job):
        case JobState.RECEIVED | JobState.WAITING:
            return "Cancelled."
        case JobState.DISPATCHED:
            return "Cancelling…"
        case JobState.CANCELLED:
            return "It was cancelled already."
        case _:
            return "Too late to cancel: it has ended already."
