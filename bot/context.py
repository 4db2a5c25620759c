"""The way from an interaction to the parts of the bot that serve it."""

from typing import Protocol, runtime_checkable

import discord

from bot.inbound.handler import RequestHandler


@runtime_checkable
class BotContext(Protocol):
    """A client that takes requests; discord.py makes buttons itself, so they find their house through it."""

    desk: RequestHandler


def context_of(interaction: discord.Interaction) -> RequestHandler:
    """Return the desk of the client that got the interaction."""
    house = interaction.client
    assert isinstance(house, BotContext)
    return house.desk
