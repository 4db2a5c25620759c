"""The 🎲 under a result: the same recipe with a new seed."""

import discord

from bot.context import BotContext
from bot.history.models import Job
from bot.inbound.source import StoredPicture
from bot.outbound.buttons import RERUN_ID
from bot.views.persistent import PersistentButton
from options.errors import UserError
from options.request import PaintRequest

PICTURE_DELETED = "This picture is no longer in the history, so it can’t be painted again."


class RerunButton(PersistentButton, template=RERUN_ID):
    """Paints the job again with a new seed, for the person who presses it."""

    async def on_press(self, interaction: discord.Interaction, context: BotContext) -> None:
        """Ask for the same picture with a new seed."""
        options, source = rerun_of(await context.jobs.get(self.match["job"]))
        await context.requests.handle_interaction(interaction, options, source)


def rerun_of(job: Job | None, changes: PaintRequest | None = None) -> tuple[PaintRequest, StoredPicture]:
    """Return the request and the source that paint a job again, with changes; raises UserError."""
    if job is None or job.source_sha256 is None:
        raise UserError(PICTURE_DELETED, code="picture_forgotten")
    options = job.options.model_copy(update={"seed": None}).changed_by(changes or PaintRequest())
    painter = job.recipe.painter if job.recipe else None
    return options, StoredPicture(
        sha256=job.source_sha256, name=job.source_name, parent=job.id, painter=painter
    )
