"""The last question before /forget."""

import re
from typing import Self

import discord

from bot.inbound.handler import RequestHandler
from bot.texts import counted
from bot.views.persistent import PersistentButton

QUESTION = (
    "This deletes all your results and the pictures you sent, for ever, and cancels what is unfinished. "
    "Messages in channels stay; delete those yourself."
)


class ForgetButton(PersistentButton, template=r"outcrop:forget:(?P<person>\d+)"):
    """Deletes everything of the person who asked."""

    def __init__(self, person: int) -> None:
        super().__init__(
            discord.ui.Button(
                label="Delete everything",
                style=discord.ButtonStyle.danger,
                custom_id=f"outcrop:forget:{person}",
            )
        )
        self.person = person

    @classmethod
    def from_id(cls, match: re.Match[str]) -> Self:
        """Make the button from its id."""
        return cls(int(match["person"]))

    async def on_press(self, interaction: discord.Interaction, desk: RequestHandler) -> None:
        """Delete, and say how much."""
        assert interaction.user.id == self.person, "the question is for its owner's eyes alone"
        await interaction.response.defer()
        unfinished = await desk.cancel_all(self.person)
        deleted = await desk.album.delete_all(self.person)
        said = f"Deleted {counted(deleted, 'job')} with all pictures that nobody else needs."
        if unfinished:
            said += f" {counted(unfinished, 'job')} will end in a moment; then use `/forget` once more."
        await interaction.edit_original_response(content=said, view=None)
