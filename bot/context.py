"""What commands and views may use, found through the client of an interaction."""

from collections.abc import MutableMapping
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

import discord

from bot.history.deliveries import Deliveries
from bot.history.jobs import Jobs
from bot.history.user_results import UserResults
from bot.inbound.handler import RequestHandler
from bot.inbound.intake import Intake
from bot.outbound.messenger import Messenger
from bot.outbound.upload import UploadEncoder
from bot.queue.queue_status import QueueStatus


@dataclass(frozen=True, kw_only=True, slots=True)
class BotContext:
    """The parts of the bot that commands and views may use."""

    requests: RequestHandler
    intake: Intake
    jobs: Jobs
    results: UserResults
    deliveries: Deliveries
    encoder: UploadEncoder
    messenger: Messenger
    queue: QueueStatus
    forms: MutableMapping[str, discord.ui.Modal]
    """The forms that are open, by custom id; weakly, since Discord does not report a form that is closed."""


@runtime_checkable
class HasContext(Protocol):
    """The client: discord.py makes buttons itself, so they find the bot's parts through it."""

    context: BotContext


def context_of(interaction: discord.Interaction) -> BotContext:
    """Return the context of the client that received the interaction."""
    client = interaction.client
    assert isinstance(client, HasContext)
    return client.context
