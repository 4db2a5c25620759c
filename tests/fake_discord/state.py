"""The state of the fake Discord, and the rules for changing it."""

from __future__ import annotations

import io
import re
import time
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Protocol

from PIL import Image

from tests.fake_discord.models import (
    ALL_PERMISSIONS,
    DISCORD_EPOCH_MS,
    LOADING,
    PERMISSIONS,
    SILENT,
    Attachment,
    Channel,
    Interaction,
    Json,
    Message,
    Snowflakes,
    User,
)

GUILD_MESSAGES, DIRECT_MESSAGES = 1 << 9, 1 << 12  # gateway intents


class ApiError(Exception):
    """An error response of the REST API, with Discord's own error code."""

    def __init__(self, status: int, code: int, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.body = {"code": code, "message": message}


class Dispatch(Protocol):
    """Sends an event to every gateway session with that intent.

    Sessions without the message content intent get `without_content` instead, where it is given.
    """

    def __call__(
        self, event: str, data: Json, *, intent: int = 0, without_content: Json | None = None
    ) -> None: ...


@dataclass(frozen=True, kw_only=True)
class File:
    """A file in a request body, before it becomes an attachment."""

    filename: str
    data: bytes = field(repr=False)


@dataclass(kw_only=True)
class Limits:
    """Discord's limits; a test may change them while the bot runs."""

    interaction_timeout: float = 3.0  # seconds
    token_life: float = 15 * 60.0  # seconds
    nonce_window: float = 120.0  # seconds: "the past few minutes"
    file_bytes: int = 10 * 1024**2  # larger files are refused with 413
    private_file_bytes: int = 10 * 1024**2  # the same in direct messages, whatever a server takes
    announced_file_bytes: int = 10 * 1024**2  # in interactions; Discord has overstated it before
    request_bytes: int = 25 * 1024**2


class DiscordState:
    """Users, channels, messages and interactions; it outlives the bot process."""

    def __init__(self, *, dispatch: Dispatch, changed: Callable[[], None]) -> None:
        self._dispatch = dispatch
        self.changed = changed
        self.ids = Snowflakes()
        self.limits = Limits()
        self.url = ""
        self.guild_id = self.ids.next()
        self.owner = User(id=self.ids.next(), name="owner")
        self.bot = User(id=self.ids.next(), name="Outcrop", bot=True)
        self.users: dict[int, User] = {user.id: user for user in (self.owner, self.bot)}
        self.channels: dict[int, Channel] = {}
        self.messages: dict[int, Message] = {}
        self.attachments: dict[int, Attachment] = {}
        self.interactions: dict[str, Interaction] = {}  # by token
        self.commands: dict[int | None, list[Json]] = {}  # by server; None: everywhere
        self.registrations = 0

    # --- guild and channels

    def session_events(self) -> list[tuple[str, Json]]:
        """Return the events that start a gateway session: READY, then GUILD_CREATE."""
        guild = self.guild()
        ready: Json = {
            "v": 10,
            "user": self.bot.user_json(),
            "guilds": [{"id": guild["id"], "unavailable": True}],
            "application": {"id": str(self.bot.id), "flags": 0},
            "resume_gateway_url": f"{self.url.replace('http', 'ws', 1)}/gateway",
        }
        return [("READY", ready), ("GUILD_CREATE", guild)]

    def guild(self) -> Json:
        """Return the only guild, as GUILD_CREATE and GET describe it."""
        everyone = {
            "id": str(self.guild_id),
            "name": "@everyone",
            "permissions": str(ALL_PERMISSIONS),
            "position": 0,
        }
        return {
            "id": str(self.guild_id),
            "name": "Test server",
            "owner_id": str(self.owner.id),
            "unavailable": False,
            "premium_tier": 0,
            "features": [],
            "roles": [everyone],
            "member_count": len(self.users),
            "members": [{**self.bot.member_json(), "user": self.bot.user_json()}],
            "channels": [channel.json(self.bot) for channel in self.channels.values() if channel.guild_id],
        }

    def add_channel(self, name: str, recipient: User | None = None) -> Channel:
        """Create a text channel or, with a recipient, the bot's DM channel with that user."""
        guild_id = None if recipient else self.guild_id
        channel = Channel(id=self.ids.next(), name=name, guild_id=guild_id, recipient=recipient)
        self.channels[channel.id] = channel
        if recipient is None:
            self._dispatch("CHANNEL_CREATE", channel.json(self.bot))
        return channel

    def dm(self, user: User) -> Channel:
        """Return the DM channel of the bot and that user; create it if needed."""
        open_already = (channel for channel in self.channels.values() if channel.recipient is user)
        return next(open_already, None) or self.add_channel(f"dm-{user.name}", user)

    def deny(self, channel: Channel, permissions: Sequence[str]) -> None:
        """Deny the bot exactly these permissions in that channel."""
        channel.denied = sum(PERMISSIONS[name] for name in permissions)
        self._dispatch("CHANNEL_UPDATE", channel.json(self.bot))

    def require(self, channel: Channel, *permissions: str) -> None:
        """Raise the ApiError that Discord answers with when the bot lacks one of these permissions."""
        lacking = [name for name in permissions if channel.denied & PERMISSIONS[name]]
        if "view_channel" in lacking:
            raise ApiError(403, 50001, "Missing Access")
        if lacking:
            raise ApiError(403, 50013, "Missing Permissions")

    # --- files

    def add_attachment(self, channel: Channel, file: File) -> Attachment:
        """Store a file on the CDN, with width and height if it is an image."""
        number = self.ids.next()
        width, height = _image_size(file.data)
        url = f"{self.url}/attachments/{channel.id}/{number}/{file.filename}?ex=7fffffff&is=0&hm=0"
        attachment = Attachment(
            id=number, filename=file.filename, data=file.data, url=url, width=width, height=height
        )
        self.attachments[number] = attachment
        return attachment

    # --- messages

    def post(
        self,
        channel: Channel,
        author: User,
        payload: Json,
        attachments: list[Attachment],
        *,
        interaction: Interaction | None = None,
        flags: int = 0,
    ) -> Message:
        """Create a message and dispatch it to every session that may see it."""
        reference = self._reference(payload)
        allowed = payload.get("allowed_mentions")
        mentioned = self._mentioned(payload, reference, allowed)
        content = payload.get("content") or ""
        flags |= payload.get("flags") or 0
        message = Message(
            id=self.ids.next(),
            channel=channel,
            author=author,
            content=content,
            attachments=attachments,
            components=payload.get("components") or [],
            embeds=payload.get("embeds") or [],
            flags=flags,
            nonce=payload.get("nonce"),
            reference=reference,
            interaction=interaction,
            mentioned=mentioned,
            notified=frozenset() if flags & SILENT else _notified(mentioned, reference, allowed),
            pinged_everyone=("@everyone" in content or "@here" in content) and _allows(allowed, "everyone"),
            versions=[content],
        )
        channel.all_messages.append(message)
        self.messages[message.id] = message
        self._dispatch_message("MESSAGE_CREATE", message)
        return message

    def edit(self, message: Message, payload: Json, attachments: list[Attachment]) -> Message:
        """Change the fields in the payload; a deferred response stops loading. Edits notify nobody."""
        message.content = payload.get("content", message.content) or ""
        message.components = payload.get("components", message.components) or []
        message.embeds = payload.get("embeds", message.embeds) or []
        message.attachments = attachments
        message.flags &= ~LOADING
        message.edited = datetime.now(UTC).isoformat()
        message.versions.append(message.content)
        self._dispatch_message("MESSAGE_UPDATE", message)
        return message

    def delete(self, message: Message) -> None:
        """Delete a message; tests still find it in channel.all_messages."""
        message.deleted = True
        self._dispatch_message("MESSAGE_DELETE", message)

    def find_by_nonce(self, author: User, nonce: str) -> Message | None:
        """Return the message that the author sent with this nonce within the nonce window."""
        since = int((time.time() - self.limits.nonce_window) * 1000) - DISCORD_EPOCH_MS
        recent = (message for message in self.messages.values() if message.id >> 22 >= since)
        return next(
            (message for message in recent if message.nonce == nonce and message.author is author), None
        )

    def _dispatch_message(self, event: str, message: Message) -> None:
        self.changed()
        if message.ephemeral:
            return
        intent = GUILD_MESSAGES if message.channel.guild_id else DIRECT_MESSAGES
        place: Json = {}
        if message.channel.guild_id:
            place = {"guild_id": str(message.channel.guild_id), "member": message.author.member_json()}
        if event == "MESSAGE_CREATE" and message.nonce:
            place["nonce"] = message.nonce
        without_content = message.json(readable_by=self.bot) | place
        self._dispatch(event, message.json() | place, intent=intent, without_content=without_content)

    def _reference(self, payload: Json) -> Message | None:
        wanted = payload.get("message_reference")
        if not wanted:
            return None
        found = self.messages.get(int(wanted["message_id"]))
        if found is not None and not found.deleted and not found.ephemeral:
            return found
        if wanted.get("fail_if_not_exists", True):
            raise ApiError(400, 50035, "Invalid Form Body: message_reference: Unknown message")
        return None

    def _mentioned(self, payload: Json, reference: Message | None, allowed: Json | None) -> frozenset[User]:
        numbers = {int(number) for number in re.findall(r"<@!?(\d+)>", payload.get("content") or "")}
        users = {self.users[number] for number in numbers if number in self.users}
        return frozenset(users | _reply_mention(reference, allowed))


def _allows(allowed: Json | None, kind: str) -> bool:
    return allowed is None or kind in allowed.get("parse", ())


def _reply_mention(reference: Message | None, allowed: Json | None) -> set[User]:
    """Return whom a reply mentions without naming them."""
    pings = reference is not None and (allowed is None or allowed.get("replied_user", False))
    return {reference.author} if reference is not None and pings else set()


def _notified(mentioned: frozenset[User], reference: Message | None, allowed: Json | None) -> frozenset[User]:
    """Return which of the mentioned users allowed_mentions lets Discord notify (all, if absent)."""
    if allowed is None or _allows(allowed, "users"):
        return mentioned
    named = {int(number) for number in allowed.get("users", ())}
    return frozenset(user for user in mentioned if user.id in named) | _reply_mention(reference, allowed)


def _image_size(data: bytes) -> tuple[Any, Any]:
    """Return width and height from the file's header, or (None, None) if it is not an image."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            with Image.open(io.BytesIO(data)) as picture:
                return picture.size
        except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):
            return None, None
