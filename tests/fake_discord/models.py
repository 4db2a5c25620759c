"""The objects of the fake Discord: users, channels, messages, attachments, interactions."""

from __future__ import annotations

import mimetypes
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

Json = dict[str, Any]

DISCORD_EPOCH_MS = 1_420_070_400_000
COMMAND, COMPONENT, FORM = 2, 3, 5  # interaction types
EPHEMERAL, LOADING, SILENT = 1 << 6, 1 << 7, 1 << 12  # message flags
PERMISSIONS = {
    "view_channel": 1 << 10,
    "send_messages": 1 << 11,
    "embed_links": 1 << 14,
    "attach_files": 1 << 15,
    "read_message_history": 1 << 16,
    "use_application_commands": 1 << 31,
}
ALL_PERMISSIONS = sum(PERMISSIONS.values())


class Snowflakes:
    """Generates increasing ids that contain their creation time, like Discord's."""

    def __init__(self) -> None:
        self._last = 0

    def next(self) -> int:
        """Return the next id."""
        self._last = max(self._last + 1, (int(time.time() * 1000) - DISCORD_EPOCH_MS) << 22)
        return self._last


def created_at(snowflake: int) -> str:
    """Return the creation time in an id, in ISO 8601."""
    return datetime.fromtimestamp(((snowflake >> 22) + DISCORD_EPOCH_MS) / 1000, UTC).isoformat()


@dataclass(eq=False, kw_only=True)
class User:
    """An account: a person's, or the bot's own."""

    id: int
    name: str
    bot: bool = False
    dms_open: bool = True

    @property
    def mention(self) -> str:
        return f"<@{self.id}>"

    def user_json(self) -> Json:
        return {
            "id": str(self.id),
            "username": self.name,
            "global_name": self.name,
            "discriminator": "0",
            "avatar": None,
            "bot": self.bot,
            "public_flags": 0,
        }

    def member_json(self) -> Json:
        return {
            "roles": [],
            "joined_at": created_at(self.id),
            "deaf": False,
            "mute": False,
            "flags": 0,
            "nick": None,
        }


@dataclass(eq=False, kw_only=True)
class Attachment:
    """A file on the fake CDN; an expired link answers 404."""

    id: int
    filename: str
    data: bytes = field(repr=False)
    url: str
    width: int | None
    height: int | None
    is_expired: bool = False

    @property
    def content_type(self) -> str:
        return mimetypes.guess_type(self.filename)[0] or "application/octet-stream"

    def json(self) -> Json:
        sides = {"width": self.width, "height": self.height} if self.width else {}
        return {
            "id": str(self.id),
            "filename": self.filename,
            "size": len(self.data),
            "url": self.url,
            "proxy_url": self.url,
            "content_type": self.content_type,
            **sides,
        }


@dataclass(eq=False, kw_only=True)
class Channel:
    """A text channel of the only guild or, with a recipient, a DM channel."""

    id: int
    name: str
    guild_id: int | None
    recipient: User | None = None
    denied: int = 0  # permissions that the bot lacks here
    all_messages: list[Message] = field(default_factory=list, repr=False)

    @property
    def messages(self) -> list[Message]:
        """The messages now, oldest first, with ephemeral ones; all_messages has the deleted ones too."""
        return [message for message in self.all_messages if not message.deleted]

    def json(self, bot: User) -> Json:
        if self.recipient is not None:
            return {
                "id": str(self.id),
                "type": 1,
                "recipients": [self.recipient.user_json()],
                "last_message_id": None,
            }
        overwrite = {"id": str(bot.id), "type": 1, "allow": "0", "deny": str(self.denied)}
        return {
            "id": str(self.id),
            "type": 0,
            "guild_id": str(self.guild_id),
            "name": self.name,
            "position": 0,
            "permission_overwrites": [overwrite] if self.denied else [],
            "last_message_id": None,
        }


@dataclass(eq=False, kw_only=True)
class Message:
    """One message, with its edit history."""

    id: int
    channel: Channel = field(repr=False)
    author: User
    content: str
    attachments: list[Attachment]
    components: list[Json]
    embeds: list[Json]
    flags: int
    nonce: str | None
    reference: Message | None
    interaction: Interaction | None = field(repr=False)  # the interaction that it answers
    mentioned: frozenset[User]  # as in the text, or replied to
    notified: frozenset[User]  # of these, whom allowed_mentions lets Discord notify
    pinged_everyone: bool
    versions: list[str]  # the content after each edit, the first one included
    edited: str | None = None
    deleted: bool = False

    @property
    def ephemeral(self) -> bool:
        return bool(self.flags & EPHEMERAL)

    @property
    def loading(self) -> bool:
        """Whether people see only "thinking…"."""
        return bool(self.flags & LOADING)

    @property
    def edits(self) -> int:
        """How often it was edited; filling a deferred answer counts as one."""
        return len(self.versions) - 1

    def json(self, *, readable_by: User | None = None) -> Json:
        """Return the message as the API shows it.

        With `readable_by`, as that user sees it without the message content intent.
        """
        data: Json = {
            "id": str(self.id),
            "channel_id": str(self.channel.id),
            "author": self.author.user_json(),
            "content": self.content,
            "attachments": [attachment.json() for attachment in self.attachments],
            "components": self.components,
            "embeds": self.embeds,
            "flags": self.flags,
            "type": 0 if self.reference is None else 19,
            "timestamp": created_at(self.id),
            "edited_timestamp": self.edited,
            "tts": False,
            "pinned": False,
            "mention_everyone": self.pinged_everyone,
            "mentions": [user.user_json() for user in self.notified],
            "mention_roles": [],
        }
        if readable_by is not None and not self._readable_without_intent(readable_by):
            data |= {"content": "", "attachments": [], "components": [], "embeds": []}
        if self.reference is not None:
            gone = self.reference.deleted
            data["referenced_message"] = None if gone else self.reference.json(readable_by=readable_by)
            data["message_reference"] = {
                "type": 0,
                "message_id": str(self.reference.id),
                "channel_id": str(self.channel.id),
            }
        if self.interaction is not None:
            data |= self.interaction.message_metadata()
        return data

    def _readable_without_intent(self, reader: User) -> bool:
        return self.author is reader or self.channel.recipient is not None or reader in self.mentioned


@dataclass(eq=False, kw_only=True)
class Interaction:
    """An interaction: a user ran a command, pressed a button or submitted a form."""

    id: int
    token: str = field(repr=False)
    application: User = field(repr=False)
    user: User
    channel: Channel = field(repr=False)
    kind: int  # COMMAND, COMPONENT or FORM
    data: Json = field(repr=False)
    message: Message | None  # the one that carries the pressed button
    sent_at: float  # time.monotonic()
    token_dies_at: float
    deadline: float
    acknowledged_after: float | None = None  # milliseconds
    acknowledged_as: int | None = None  # the callback type: 4 message, 5 deferred, 6, 7 update, 9 form
    response: Message | None = None
    followups: list[Message] = field(default_factory=list)
    modal: Json | None = field(default=None, repr=False)

    @property
    def acknowledged(self) -> bool:
        return self.acknowledged_as is not None

    @property
    def late(self) -> bool:
        """Whether the time to acknowledge is over."""
        return time.monotonic() > self.deadline

    @property
    def failed(self) -> bool:
        """Whether the user saw "The application did not respond"."""
        return self.late and not self.acknowledged

    @property
    def expired(self) -> bool:
        return time.monotonic() > self.token_dies_at

    def message_metadata(self) -> Json:
        """Return the fields that mark a message as the response to this interaction."""
        metadata = {
            "id": str(self.id),
            "type": self.kind,
            "user": self.user.user_json(),
            "authorizing_integration_owners": {},
        }
        application = str(self.application.id)
        return {"application_id": application, "webhook_id": application, "interaction_metadata": metadata}
