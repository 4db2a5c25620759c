"""Check a message that is to be sent or edited, as Discord does, before anything of it exists."""

from __future__ import annotations

from tests.fake_discord.faults import Sent
from tests.fake_discord.things import Attachment, Channel, Json, Message
from tests.fake_discord.world import Refused, World

CONTENT_LENGTH, ATTACHMENTS = 2000, 10


def admit(
    world: World, channel: Channel, payload: Json, sent: Sent, *, old: Message | None = None
) -> list[Attachment]:
    """Return the attachments that the message will have: of an old one those that it keeps, then the new."""
    files = list(sent.files.values())
    limits = world.limits
    most = min(limits.file_bytes, limits.private_file_bytes) if channel.recipient else limits.file_bytes
    too_large = any(len(file.data) > most for file in files)
    if too_large or sum(len(file.data) for file in files) > limits.request_bytes:
        raise Refused(413, 40005, "Request entity too large")
    before = {"content": old.content, "embeds": old.embeds, "components": old.components} if old else {}
    after = before | payload
    if len(after.get("content") or "") > CONTENT_LENGTH:
        raise Refused(400, 50035, "Invalid Form Body: content: Must be 2000 or fewer in length.")
    kept = {str(attachment.id): attachment for attachment in (old.attachments if old else ())}
    new = {str(number): file for number, file in sent.files.items()}
    named = payload.get("attachments")
    wanted = [*kept, *new] if named is None else [str(entry["id"]) for entry in named]
    wanted = [key for key in wanted if key in kept or key in new]
    if len(wanted) > ATTACHMENTS:
        raise Refused(400, 50035, "Invalid Form Body: attachments: Must be 10 or fewer in length.")
    if not (wanted or any(after.get(key) for key in ("content", "embeds", "components"))):
        raise Refused(400, 50006, "Cannot send an empty message")
    return [kept.get(key) or world.add_attachment(channel, new[key]) for key in wanted]
