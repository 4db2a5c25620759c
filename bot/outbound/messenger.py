"""Send and edit Discord messages, and translate Discord's errors into the bot's."""

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
from bot.outbound.buttons import Button
from bus.jobs import JobId

MAX_EDIT_AGE = timedelta(minutes=50)
"""The age up to which a message is edited; Discord limits edits of messages older than an hour (30046)."""

REQUEST_TOO_LARGE = 40005
"""Discord's JSON error code for a request that is too large; the HTTP status is 413."""

MAX_SEARCHED_MESSAGES = 1000
"""How many messages to search for one of the bot's own: about an hour of a busy channel."""

REFUSED_STATUSES = (400, 401, 403, 404)
"""HTTP statuses that no retry changes, if Discord itself sent them: then there is a JSON error code too."""

MAX_CLOCK_SKEW = timedelta(minutes=1)
"""How much the clocks of this machine and of Discord may differ."""


@dataclass(frozen=True, kw_only=True, slots=True)
class OutgoingFile:
    """A file to send, with its bytes, so that it can be sent again."""

    name: str
    data: bytes = field(repr=False)


@dataclass(frozen=True, kw_only=True, slots=True)
class OutgoingMessage:
    """The content of one message."""

    text: str
    files: Sequence[OutgoingFile] = ()
    buttons: Sequence[Button] = ()

    def view(self) -> discord.ui.View | None:
        """Return the buttons as a view; None without buttons.

        The buttons are handled by the client's dynamic items, which read everything from the custom id, so
        the view itself need not be kept.
        """
        if not self.buttons:
            return None
        view = discord.ui.View(timeout=None)
        for button in self.buttons:
            view.add_item(button)
        view.stop()  # otherwise the client would keep every view for as long as it runs
        return view

    def attachments(self) -> list[discord.File]:
        """Return the files to upload; new objects at each call, because an upload closes them."""
        return [discord.File(io.BytesIO(file.data), filename=file.name) for file in self.files]


class Messenger:
    """Sends and edits messages. Every method raises RouteClosed, TooLarge or OutcomeUnknown."""

    def __init__(self, client: discord.Client) -> None:
        self._client = client
        self._job_locks: WeakValueDictionary[JobId, asyncio.Lock] = WeakValueDictionary()

    def job_lock(self, job: JobId) -> asyncio.Lock:
        """Return the lock to hold while editing a job's status, so that no status replaces its answer."""
        return self._job_locks.setdefault(job, asyncio.Lock())

    async def edit_by_token(self, job: Job, message: OutgoingMessage) -> Posted:
        """Edit the response to the interaction that made the request, while its token is valid."""
        if not job.interaction_token or self._client.application_id is None:
            raise RouteClosed("the job has no valid interaction token")
        webhook = discord.Webhook.partial(
            self._client.application_id, job.interaction_token, client=self._client
        )
        # "@original" stands for the first response, whose id may not be known yet.
        message_id: Any = job.status_message_id or "@original"
        async with _translated_errors():
            posted = await webhook.edit_message(
                message_id,
                content=message.text,
                attachments=message.attachments(),
                view=message.view(),
                allowed_mentions=discord.AllowedMentions.none(),
            )
        return Posted(channel_id=job.channel_id, message_id=posted.id)

    async def edit(self, job: Job, message: OutgoingMessage) -> Posted:
        """Edit the job's status message with the bot's own permissions."""
        if job.status_message_id is None or not has_editable_status(job):
            raise RouteClosed("the job has no status message, or it is too old to be edited")
        channel = self._client.get_partial_messageable(job.channel_id, guild_id=job.guild_id)
        async with _translated_errors():
            await channel.get_partial_message(job.status_message_id).edit(
                content=message.text,
                attachments=message.attachments(),
                view=message.view(),
                allowed_mentions=discord.AllowedMentions.none(),
            )
        return Posted(channel_id=job.channel_id, message_id=job.status_message_id)

    async def send(self, job: Job, message: OutgoingMessage, *, nonce: str, notify: bool = True) -> Posted:
        """Post a message in the job's channel; it notifies at most the job's owner.

        Within a few minutes, `nonce` keeps Discord from posting the same message twice.
        """
        channel = self._client.get_partial_messageable(job.channel_id, guild_id=job.guild_id)
        if notify:
            message = replace(message, text=f"<@{job.user_id}> {message.text}")
        return await self._send(channel, job, message, nonce, reply_to=_replied_message(job))

    async def send_dm(self, job: Job, message: OutgoingMessage, *, nonce: str) -> Posted:
        """Post a direct message to the job's owner."""
        return await self._send(await self._dm_channel(job), job, message, nonce)

    async def send_followup(self, interaction: discord.Interaction, message: OutgoingMessage) -> None:
        """Send a follow-up message that only the person who pressed a button can see."""
        async with _translated_errors():
            await interaction.followup.send(message.text, files=message.attachments(), ephemeral=True)

    async def find(self, job: Job, *, marker: str, since: datetime, in_dm: bool = False) -> Posted | None:
        """Return the bot's message whose text contains the marker, if there is one.

        The status message is looked at, and all messages that were posted `since`.
        """
        channel = (
            await self._dm_channel(job)
            if in_dm
            else self._client.get_partial_messageable(job.channel_id, guild_id=job.guild_id)
        )
        async with _translated_errors():
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
        after = discord.Object(discord.utils.time_snowflake(since - MAX_CLOCK_SKEW))
        async for message in channel.history(after=after, limit=MAX_SEARCHED_MESSAGES, oldest_first=True):
            yield message

    async def _dm_channel(self, job: Job) -> discord.DMChannel:
        async with _translated_errors():
            return await self._client.create_dm(discord.Object(job.user_id))

    async def _send(
        self,
        channel: discord.abc.Messageable,
        job: Job,
        message: OutgoingMessage,
        nonce: str,
        reply_to: int | None = None,
    ) -> Posted:
        optional: dict[str, Any] = {}
        if view := message.view():
            optional["view"] = view
        if reply_to is not None:
            optional["reference"] = discord.MessageReference(
                message_id=reply_to, channel_id=job.channel_id, fail_if_not_exists=False
            )
        async with _translated_errors():
            posted = await channel.send(
                content=message.text,
                files=message.attachments(),
                nonce=nonce,  # discord.py sends enforce_nonce with it
                allowed_mentions=discord.AllowedMentions(
                    everyone=False, roles=False, users=[discord.Object(job.user_id)], replied_user=False
                ),
                **optional,
            )
        return Posted(channel_id=posted.channel.id, message_id=posted.id)


def has_editable_status(job: Job) -> bool:
    """Whether the job has a status message that is recent enough to be edited."""
    return job.status_posted_at is not None and now() - job.status_posted_at <= MAX_EDIT_AGE


def _replied_message(job: Job) -> int | None:
    return job.status_message_id or job.request_message_id


@asynccontextmanager
async def _translated_errors() -> AsyncIterator[None]:
    try:
        yield
    except discord.HTTPException as error:
        if error.status == 413 or error.code == REQUEST_TOO_LARGE:
            raise TooLarge(str(error)) from error
        # Without a JSON error code it was not Discord that answered, but a proxy on the way.
        if error.status in REFUSED_STATUSES and error.code:
            raise RouteClosed(str(error)) from error
        raise OutcomeUnknown(str(error)) from error
    except (aiohttp.ClientError, TimeoutError, OSError) as error:
        raise OutcomeUnknown(f"{type(error).__name__}: {error}") from error
