"""The 🎲 under a result: the same recipe with a new seed."""

import re
from typing import Self

import discord

from bot.history.models import Job
from bot.inbound.handler import RequestHandler, StoredPicture
from bot.views.persistent import PersistentButton
from bus.jobs import JobId
from options.errors import UserError
from options.request import PaintRequest

GONE = "This picture is not in the history any more, so it cannot be painted again."


class RerunButton(PersistentButton, template=r"outcrop:rerun:(?P<job>[0-9a-f]{16})"):
    """Paints the job again for whoever presses."""

    def __init__(self, job: JobId) -> None:
        super().__init__(
            discord.ui.Button(
                label="Rerun", emoji="🎲", style=discord.ButtonStyle.primary, custom_id=f"outcrop:rerun:{job}"
            )
        )
        self.job = job

    @classmethod
    def from_id(cls, match: re.Match[str]) -> Self:
        """Make the button from its id."""
        return cls(match["job"])

    async def on_press(self, interaction: discord.Interaction, desk: RequestHandler) -> None:
        """Ask for the same picture with a new seed."""
        options, source = rerun_of(await desk.jobs.get(self.job))
        await desk.handle_interaction(interaction, options, source)


def rerun_of(job: Job | None, changes: PaintRequest | None = None) -> tuple[PaintRequest, StoredPicture]:
    """Return what to ask for to paint a job again, with what was said anew; raises Refused."""
    if job is None or job.source_sha256 is None:
        raise UserError(GONE)
    options = job.options.model_copy(update={"seed": None}).changed_by(changes or PaintRequest())
    painter = job.recipe.painter if job.recipe else None
    return options, StoredPicture(
        sha256=job.source_sha256, name=job.source_name, parent=job.id, painter=painter
    )
