"""The way from an interaction to the parts of the bot that serve it."""

from typing import Protocol, runtime_checkable

import discord

from bot.desk import Desk


@runtime_checkable
class House(Protocol):
    """A client that takes requests; discord.py makes buttons itself, so they find their house through it."""

    desk: Desk


def desk_of(interaction: discord.Interaction) -> Desk:
    """Return the desk of the client that got the interaction."""
    house = interaction.client
    assert isinstance(house, House)
    return house.desk
