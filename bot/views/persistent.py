"""A button that works after any restart: everything it needs is in its custom id."""

import re
from abc import abstractmethod
from typing import Any, Self

import discord

from bot.context import BotContext, context_of
from bot.inbound.error_replies import replying_on_error
from bot.outbound.buttons import Button


class PersistentButton(discord.ui.DynamicItem[Button], template=r"(?!)"):
    """What a button of bot/outbound/buttons.py does; subclasses name the pattern of its custom id."""

    def __init__(self, button: Button, match: re.Match[str]) -> None:
        super().__init__(button)
        self.match = match
        """The custom id, taken apart by the pattern."""

    @classmethod
    async def from_custom_id(
        cls, _interaction: discord.Interaction, item: discord.ui.Item[Any], match: re.Match[str], /
    ) -> Self:
        """Wrap the button that was pressed."""
        assert isinstance(item, discord.ui.Button)
        return cls(item, match)

    async def callback(self, interaction: discord.Interaction) -> None:
        """Run `on_press`, and reply with a sentence if it fails."""
        async with replying_on_error(interaction):
            await self.on_press(interaction, context_of(interaction))

    @abstractmethod
    async def on_press(self, interaction: discord.Interaction, context: BotContext) -> None:
        """Answer the press."""
