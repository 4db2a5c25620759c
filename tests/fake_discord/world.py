"""The rules of the loopback Discord: who may post what, and what everybody hears of it."""

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

from tests.fake_discord.things import (
    DISCORD_EPOCH_MS,
    EVERYTHING,
    LOADING,
    PERMISSIONS,
    SILENT,
    Attachment,
    Channel,
    Json,
    Message,
    Person,
    Press,
    Snowflakes,
)

GUILD_MESSAGES, DIRECT_MESSAGES = 1 << 9, 1 << 12  # gateway intents


class Refused(Exception):
    """Discord's answer to a request that it does not grant."""

    def __init__(self, status: int, code: int, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.body = {"code": code, "message": message}


class Dispatch(Protocol):
    """Send an event to every gateway session with that intent; blanked: for those without message content."""

    def __call__(self, event: str, data: Json, *, intent: int = 0, blanked: Json | None = None) -> None: ...


@dataclass(frozen=True, kw_only=True)
class File:
    """A file in a request, not yet an attachment."""

    filename: str
    data: bytes = field(repr=False)


@dataclass(kw_only=True)
class Limits:
    """Discord's numbers; a test may change them while the bot runs."""

    acknowledge_within: float = 3.0  # seconds
    token_life: float = 15 * 60.0  # seconds
    nonce_window: float = 120.0  # seconds: "the past few minutes"
    file_bytes: int = 10 * 1024**2  # what is refused with 413 above
    private_file_bytes: int = 10 * 1024**2  # the same in direct messages, whatever a server takes
    announced_file_bytes: int = 10 * 1024**2  # what an interaction says; Discord once overstated it
    request_bytes: int = 25 * 1024**2


class World:
    """All that outlives the bot process."""

    def __init__(self, *, dispatch: Dispatch, changed: Callable[[], None]) -> None:
        self._dispatch = dispatch
        self.changed = changed
        self.ids = Snowflakes()
        self.limits = Limits()
        self.url = ""
        self.guild_id = self.ids.next()
        self.owner = Person(id=self.ids.next(), name="owner")
        self.bot = Person(id=self.ids.next(), name="Outcrop", bot=True)
        self.people: dict[int, Person] = {person.id: person for person in (self.owner, self.bot)}
        self.channels: dict[int, Channel] = {}
        self.messages: dict[int, Message] = {}
        self.attachments: dict[int, Attachment] = {}
        self.presses: dict[str, Press] = {}  # by token
        self.commands: dict[int | None, list[Json]] = {}  # by server; None: everywhere
        self.registrations = 0

    # --- places

    def welcome(self) -> list[tuple[str, Json]]:
        """Return the events that open a gateway session."""
        guild = self.guild()
        ready: Json = {
            "v": 10,
            "user": self.bot.user(),
            "guilds": [{"id": guild["id"], "unavailable": True}],
            "application": {"id": str(self.bot.id), "flags": 0},
            "resume_gateway_url": f"{self.url.replace('http', 'ws', 1)}/gateway",
        }
        return [("READY", ready), ("GUILD_CREATE", guild)]

    def guild(self) -> Json:
        """Show the one server, as GUILD_CREATE and GET do."""
        everyone = {
            "id": str(self.guild_id),
            "name": "@everyone",
            "permissions": str(EVERYTHING),
            "position": 0,
        }
        return {
            "id": str(self.guild_id),
            "name": "Loopback",
            "owner_id": str(self.owner.id),
            "unavailable": False,
            "premium_tier": 0,
            "features": [],
            "roles": [everyone],
            "member_count": len(self.people),
            "members": [{**self.bot.member(), "user": self.bot.user()}],
            "channels": [channel.json(self.bot) for channel in self.channels.values() if channel.guild_id],
        }

    def add_channel(self, name: str, recipient: Person | None = None) -> Channel:
        """Make a channel; with a recipient, the bot's direct messages with that person."""
        guild_id = None if recipient else self.guild_id
        channel = Channel(id=self.ids.next(), name=name, guild_id=guild_id, recipient=recipient)
        self.channels[channel.id] = channel
        if recipient is None:
            self._dispatch("CHANNEL_CREATE", channel.json(self.bot))
        return channel

    def dm(self, person: Person) -> Channel:
        """Find or make the direct message channel of the bot and that person."""
        open_already = (channel for channel in self.channels.values() if channel.recipient is person)
        return next(open_already, None) or self.add_channel(f"dm-{person.name}", person)

    def deny(self, channel: Channel, permissions: Sequence[str]) -> None:
        """Take these permissions, and no others, from the bot in that channel."""
        channel.denied = sum(PERMISSIONS[name] for name in permissions)
        self._dispatch("CHANNEL_UPDATE", channel.json(self.bot))

    def require(self, channel: Channel, *permissions: str) -> None:
        """Refuse as Discord does where the bot lacks one of these."""
        lacking = [name for name in permissions if channel.denied & PERMISSIONS[name]]
        if "view_channel" in lacking:
            raise Refused(403, 50001, "Missing Access")
        if lacking:
            raise Refused(403, 50013, "Missing Permissions")

    # --- files

    def add_attachment(self, channel: Channel, file: File) -> Attachment:
        """Put a file on the CDN, measured where it is a picture."""
        number = self.ids.next()
        width, height = _measure(file.data)
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
        author: Person,
        payload: Json,
        attachments: list[Attachment],
        *,
        press: Press | None = None,
        flags: int = 0,
    ) -> Message:
        """Make a message, heard by everybody who may hear it."""
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
            press=press,
            mentioned=mentioned,
            notified=frozenset() if flags & SILENT else _let_through(mentioned, reference, allowed),
            pinged_everyone=("@everyone" in content or "@here" in content) and _parses(allowed, "everyone"),
            versions=[content],
        )
        channel.everything.append(message)
        self.messages[message.id] = message
        self._tell("MESSAGE_CREATE", message)
        return message

    def edit(self, message: Message, payload: Json, attachments: list[Attachment]) -> Message:
        """Change what the payload names; a deferred answer stops loading. Edits notify nobody."""
        message.content = payload.get("content", message.content) or ""
        message.components = payload.get("components", message.components) or []
        message.embeds = payload.get("embeds", message.embeds) or []
        message.attachments = attachments
        message.flags &= ~LOADING
        message.edited = datetime.now(UTC).isoformat()
        message.versions.append(message.content)
        self._tell("MESSAGE_UPDATE", message)
        return message

    def delete(self, message: Message) -> None:
        """Take a message away; tests still find it in channel.everything."""
        message.deleted = True
        self._tell("MESSAGE_DELETE", message)

    def by_nonce(self, author: Person, nonce: str) -> Message | None:
        """Find what the author sent with this nonce a moment ago."""
        since = int((time.time() - self.limits.nonce_window) * 1000) - DISCORD_EPOCH_MS
        recent = (message for message in self.messages.values() if message.id >> 22 >= since)
        return next(
            (message for message in recent if message.nonce == nonce and message.author is author), None
        )

    def _tell(self, event: str, message: Message) -> None:
        self.changed()
        if message.ephemeral:
            return
        intent = GUILD_MESSAGES if message.channel.guild_id else DIRECT_MESSAGES
        place: Json = {}
        if message.channel.guild_id:
            place = {"guild_id": str(message.channel.guild_id), "member": message.author.member()}
        if event == "MESSAGE_CREATE" and message.nonce:
            place["nonce"] = message.nonce
        blanked = message.json(readable_by=self.bot) | place
        self._dispatch(event, message.json() | place, intent=intent, blanked=blanked)

    def _reference(self, payload: Json) -> Message | None:
        wanted = payload.get("message_reference")
        if not wanted:
            return None
        found = self.messages.get(int(wanted["message_id"]))
        if found is not None and not found.deleted and not found.ephemeral:
            return found
        if wanted.get("fail_if_not_exists", True):
            raise Refused(400, 50035, "Invalid Form Body: message_reference: Unknown message")
        return None

    def _mentioned(self, payload: Json, reference: Message | None, allowed: Json | None) -> frozenset[Person]:
        numbers = {int(number) for number in re.findall(r"<@!?(\d+)>", payload.get("content") or "")}
        people = {self.people[number] for number in numbers if number in self.people}
        return frozenset(people | _replied_to(reference, allowed))


def _parses(allowed: Json | None, kind: str) -> bool:
    return allowed is None or kind in allowed.get("parse", ())


def _replied_to(reference: Message | None, allowed: Json | None) -> set[Person]:
    """Whom a reply pings by itself."""
    pings = reference is not None and (allowed is None or allowed.get("replied_user", False))
    return {reference.author} if reference is not None and pings else set()


def _let_through(
    mentioned: frozenset[Person], reference: Message | None, allowed: Json | None
) -> frozenset[Person]:
    """Of those mentioned, whom allowed_mentions lets Discord notify (absent: all)."""
    if allowed is None or _parses(allowed, "users"):
        return mentioned
    named = {int(number) for number in allowed.get("users", ())}
    return frozenset(person for person in mentioned if person.id in named) | _replied_to(reference, allowed)


def _measure(data: bytes) -> tuple[Any, Any]:
    """Width and height as the header says, or nothing for what is no picture."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            with Image.open(io.BytesIO(data)) as picture:
                return picture.size
        except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):
            return None, None
