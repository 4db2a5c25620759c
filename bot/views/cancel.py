"""The ✖ under a status message."""

import discord

from bot.context import BotContext
from bot.history.models import JobState
from bot.outbound.buttons import CANCEL_ID
from bot.views.persistent import PersistentButton
from bus.jobs import JobId


class CancelButton(PersistentButton, template=CANCEL_ID):
    """Cancels its job, for the job's owner."""

    async def on_press(self, interaction: discord.Interaction, context: BotContext) -> None:
        """Cancel, or say why not."""
        await interaction.response.defer(ephemeral=True, thinking=True)
        answer = await cancel(context, self.match["job"], interaction.user.id)
        await interaction.edit_original_response(content=answer)


async def cancel(context: BotContext, job_id: JobId, user_id: int) -> str:
    """Cancel a job for a person, and return what to tell them."""
    job = await context.jobs.get(job_id)
    if job is None:
        return "This job has been deleted."
    if job.user_id != user_id:
        return "Only the person who asked for this picture can cancel it."
    match await context.requests.cancel(job):
        case JobState.RECEIVED | JobState.WAITING:
            return "Cancelled."
        case JobState.DISPATCHED:
            return "Cancelling…"
        case JobState.CANCELLED:
            return "It was cancelled already."
        case _:
            return "Too late to cancel: it has ended already."
