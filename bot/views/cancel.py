"""The ✖ under a status message."""

import discord

from bot.context import BotContext
from bot.history.models import JobState
from bot.outbound.buttons import CANCEL_ID
from bot.texts import history, status
from bot.views.persistent import PersistentButton
from bus.jobs import JobId


class CancelButton(PersistentButton, template=CANCEL_ID):
    """Cancels its job, for the job's owner."""

    async def on_press(self, interaction: discord.Interaction, context: BotContext) -> None:
        """Cancel the job, or say why that is not possible."""
        await interaction.response.defer(ephemeral=True, thinking=True)
        answer = await cancel(context, self.match["job"], interaction.user.id)
        await interaction.edit_original_response(content=answer)


async def cancel(context: BotContext, job_id: JobId, user_id: int) -> str:
    """Cancel a job for a person, and return the reply."""
    job = await context.jobs.get(job_id)
    if job is None:
        return history.JOB_DELETED
    if job.user_id != user_id:
        return history.NOT_YOUR_JOB
    match await context.requests.cancel(job):
        case JobState.RECEIVED | JobState.WAITING:
            return status.CANCELLED
        case JobState.DISPATCHED:
            return status.CANCELLING
        case JobState.CANCELLED:
            return history.ALREADY_CANCELLED
        case _:
            return history.TOO_LATE_TO_CANCEL
