"""A button that works after any restart: all it needs is in its id."""

import re
from abc import abstractmethod
from typing import Any, Self

import discord

from bot.context import context_of
from bot.inbound.error_replies import replying_on_error
from bot.inbound.handler import RequestHandler


class PersistentButton(discord.ui.DynamicItem[discord.ui.Button[discord.ui.View]], template=r"(?!)"):
    """Subclasses name the template of their id, and say how to make them from it."""

    @classmethod
    async def from_custom_id(
        cls, _interaction: discord.Interaction, _item: discord.ui.Item[Any], match: re.Match[str], /
    ) -> Self:
        """Make the button anew."""
        return cls.from_id(match)

    @classmethod
    @abstractmethod
    def from_id(cls, match: re.Match[str]) -> Self:
        """Make the button from what its template found in its id."""

    async def callback(self, interaction: discord.Interaction) -> None:
        """Do what the button is for, and tell the person if that fails."""
        async with replying_on_error(interaction):
            await self.on_press(interaction, context_of(interaction))

    @abstractmethod
    async def on_press(self, interaction: discord.Interaction, desk: RequestHandler) -> None:
        """Answer the press."""
