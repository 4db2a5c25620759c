"""The confirmation of /forget."""

import discord

from bot.context import BotContext
from bot.outbound.buttons import FORGET_ID
from bot.texts import history
from bot.views.persistent import PersistentButton


class ForgetButton(PersistentButton, template=FORGET_ID):
    """Deletes everything that is stored about the person who asked."""

    async def on_press(self, interaction: discord.Interaction, context: BotContext) -> None:
        """Delete, and say how much."""
        user_id = interaction.user.id
        assert user_id == int(self.match["user"]), "the question is ephemeral: only its owner sees it"
        await interaction.response.defer()
        unfinished = await context.requests.cancel_all(user_id)
        deleted = await context.results.delete_all(user_id)
        await interaction.edit_original_response(content=history.deleted(deleted, unfinished), view=None)
