"""The confirmation of /forget."""

import discord

from bot.context import BotContext
from bot.outbound.buttons import FORGET_ID
from bot.texts import counted
from bot.views.persistent import PersistentButton

QUESTION = (
    "This deletes all your results and the pictures you sent, for ever, and cancels what is unfinished. "
    "Messages in channels stay; delete those yourself."
)


class ForgetButton(PersistentButton, template=FORGET_ID):
    """Deletes everything of the person who asked."""

    async def on_press(self, interaction: discord.Interaction, context: BotContext) -> None:
        """Delete, and say how much."""
        user_id = interaction.user.id
        assert user_id == int(self.match["user"]), "the question is ephemeral: only its owner sees it"
        await interaction.response.defer()
        unfinished = await context.requests.cancel_all(user_id)
        deleted = await context.results.delete_all(user_id)
        said = f"Deleted {counted(deleted, 'job')} with all pictures that nobody else needs."
        if unfinished:
            said += f" {counted(unfinished, 'job')} will end in a moment; then use `/forget` once more."
        await interaction.edit_original_response(content=said, view=None)
