"""The ways to a person on Discord; Discord's errors become ours here."""

import asyncio
import io
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any
from weakref import WeakValueDictionary

import aiohttp
import discord

from bot.errors import OutcomeUnknown, RouteClosed, TooLarge
from bot.history.deliveries import Posted
from bot.history.models import Job, now
from bus.jobs import JobId

EDITABLE = timedelta(minutes=50)
"""Discord refuses many edits of messages older than an hour (30046)."""

TOO_LARGE = 40005
"""Discord's code for a request entity that is too large; its HTTP status is 413."""

SEARCHED_MESSAGES = 1000
"""How far to look for a message of ours: what a busy channel says in an hour."""

CLOSED = (400, 401, 403, 404)
"""Statuses by which Discord itself (then there is a code) says that a way leads nowhere."""

CLOCKS = timedelta(minutes=1)
"""How far our clock and Discord's may differ."""


@dataclass(frozen=True, kw_only=True, slots=True)
class OutgoingFile:
    """A file to send; its bytes can be sent again."""

    name: str
    data: bytes = field(repr=False)


@dataclass(frozen=True, kw_only=True, slots=True)
class OutgoingMessage:
    """What one message says."""

    text: str
    files: Sequence[OutgoingFile] = ()
    buttons: Sequence[discord.ui.Item[Any]] = ()

    def view(self) -> discord.ui.View | None:
        """Return the buttons as a view that needs no memory: each button knows from its id what to do."""
        if not self.buttons:
            return None
        view = discord.ui.View(timeout=None)
        for button in self.buttons:
            view.add_item(button)
        view.stop()  # a finished view is not kept by the client; dynamic items work all the same
        return view

    def attachments(self) -> list[discord.File]:
        """Return the files to upload, fresh for each try."""
        return [discord.File(io.BytesIO(file.data), filename=file.name) for file in self.files]


class Messenger:
    """Edits and sends; raises RouteClosed, TooLarge or Unclear."""

    def __init__(self, client: discord.Client) -> None:
        self._client = client
        self._turns: WeakValueDictionary[JobId, asyncio.Lock] = WeakValueDictionary()

    def turn(self, job: JobId) -> asyncio.Lock:
        """Return the lock to hold while writing to a job's status message, lest news overtake the answer."""
        return self._turns.setdefault(job, asyncio.Lock())

    async def edit_by_token(self, job: Job, letter: OutgoingMessage) -> Posted:
        """Edit the answer to the interaction that asked for the job, while its token lives."""
        if not job.interaction_token or self._client.application_id is None:
            raise RouteClosed("the job has no living interaction")
        webhook = discord.Webhook.partial(
            self._client.application_id, job.interaction_token, client=self._client
        )
        # The first answer goes by the name "@original" until its id is known.
        message_id: Any = job.status_message_id or "@original"
        async with _translated():
            message = await webhook.edit_message(
                message_id,
                content=letter.text,
                attachments=letter.attachments(),
                view=letter.view(),
                allowed_mentions=discord.AllowedMentions.none(),
            )
        return Posted(channel_id=job.channel_id, message_id=message.id)

    async def edit(self, job: Job, letter: OutgoingMessage) -> Posted:
        """Edit the job's status message by the bot's own rights."""
        if job.status_message_id is None or not has_editable_status(job):
            raise RouteClosed("the job has no status message, or it is too old to be edited")
        channel = self._client.get_partial_messageable(job.channel_id, guild_id=job.guild_id)
        async with _translated():
            await channel.get_partial_message(job.status_message_id).edit(
                content=letter.text,
                attachments=letter.attachments(),
                view=letter.view(),
                allowed_mentions=discord.AllowedMentions.none(),
            )
        return Posted(channel_id=job.channel_id, message_id=job.status_message_id)

    async def send(self, job: Job, letter: OutgoingMessage, *, nonce: str, notify: bool = True) -> Posted:
        """Post a new message where the job was asked for; it may notify the job's owner, and nobody else."""
        channel = self._client.get_partial_messageable(job.channel_id, guild_id=job.guild_id)
        if notify:
            letter = replace(letter, text=f"<@{job.user_id}> {letter.text}")
        return await self._send(channel, job, letter, nonce, reply_to=_thread_of(job))

    async def send_privately(self, job: Job, letter: OutgoingMessage, *, nonce: str) -> Posted:
        """Post a new message to the job's owner alone."""
        return await self._send(await self._private_channel(job), job, letter, nonce)

    async def hand_over(self, interaction: discord.Interaction, letter: OutgoingMessage) -> None:
        """Show something to the person who pressed a button, for their eyes."""
        async with _translated():
            await interaction.followup.send(letter.text, files=letter.attachments(), ephemeral=True)

    async def find(self, job: Job, *, marker: str, since: datetime, privately: bool = False) -> Posted | None:
        """Return the message of ours whose text holds the marker: the status message, or one sent since."""
        channel = (
            await self._private_channel(job)
            if privately
            else self._client.get_partial_messageable(job.channel_id, guild_id=job.guild_id)
        )
        async with _translated():
            async for message in self._candidates(job, channel, since):
                if message.author == self._client.user and marker in message.content:
                    return Posted(channel_id=channel.id, message_id=message.id)
        return None

    @staticmethod
    async def _candidates(
        job: Job, channel: discord.abc.Messageable, since: datetime
    ) -> AsyncIterator[discord.Message]:
        if job.status_message_id is not None and not isinstance(channel, discord.DMChannel):
            with suppress(discord.NotFound):
                yield await channel.fetch_message(job.status_message_id)
        after = discord.Object(discord.utils.time_snowflake(since - CLOCKS))
        async for message in channel.history(after=after, limit=SEARCHED_MESSAGES, oldest_first=True):
            yield message

    async def _private_channel(self, job: Job) -> discord.DMChannel:
        async with _translated():
            return await self._client.create_dm(discord.Object(job.user_id))

    async def _send(
        self,
        channel: discord.abc.Messageable,
        job: Job,
        letter: OutgoingMessage,
        nonce: str,
        reply_to: int | None = None,
    ) -> Posted:
        optional: dict[str, Any] = {}
        if view := letter.view():
            optional["view"] = view
        if reply_to is not None:
            optional["reference"] = discord.MessageReference(
                message_id=reply_to, channel_id=job.channel_id, fail_if_not_exists=False
            )
        async with _translated():
            message = await channel.send(
                content=letter.text,
                files=letter.attachments(),
                nonce=nonce,  # discord.py asks Discord to enforce it
                allowed_mentions=discord.AllowedMentions(
                    everyone=False, roles=False, users=[discord.Object(job.user_id)], replied_user=False
                ),
                **optional,
            )
        return Posted(channel_id=message.channel.id, message_id=message.id)


def has_editable_status(job: Job) -> bool:
    """Whether the job has a status message that is young enough to be edited."""
    return job.status_posted_at is not None and now() - job.status_posted_at <= EDITABLE


def _thread_of(job: Job) -> int | None:
    return job.status_message_id or job.request_message_id


@asynccontextmanager
async def _translated() -> AsyncIterator[None]:
    try:
        yield
    except discord.HTTPException as error:
        if error.status == 413 or error.code == TOO_LARGE:
            raise TooLarge(str(error)) from error
        if error.status in CLOSED and error.code:
            raise RouteClosed(str(error)) from error
        raise OutcomeUnknown(str(error)) from error
    except (aiohttp.ClientError, TimeoutError, OSError) as error:
        raise OutcomeUnknown(f"{type(error).__name__}: {error}") from error
