"""Check a message that is to be sent or edited, as Discord does, before anything of it exists."""

from __future__ import annotations

from tests.loopback.faults import Sent
from tests.loopback.things import Attachment, Channel, Json, Message
from tests.loopback.world import Refused, World

CONTENT_LENGTH, ATTACHMENTS = 2000, 10


def admit(
    world: World, channel: Channel, payload: Json, sent: Sent, *, old: Message | None = None
) -> list[Attachment]:
    """Return the attachments that the message will have: of an old one those that it keeps, then the new."""
    files = list(sent.files.values())
    too_large = any(len(file.data) > world.limits.file_bytes for file in files)
    if too_large or sum(len(file.data) for file in files) > world.limits.request_bytes:
        raise Refused(413, 40005, "Request entity too large")
    content = (payload.get("content") if "content" in payload or old is None else old.content) or ""
    if len(content) > CONTENT_LENGTH:
        raise Refused(400, 50035, "Invalid Form Body: content: Must be 2000 or fewer in length.")
    kept = {str(attachment.id): attachment for attachment in (old.attachments if old else ())}
    named = payload.get("attachments")
    wanted = [*kept, *map(str, sent.files)] if named is None else [str(entry["id"]) for entry in named]
    if len(wanted) > ATTACHMENTS:
        raise Refused(400, 50035, "Invalid Form Body: attachments: Must be 10 or fewer in length.")
    others = [
        payload.get(key) if key in payload or old is None else getattr(old, key)
        for key in ("embeds", "components")
    ]
    if not (content or wanted or any(others)):
        raise Refused(400, 50006, "Cannot send an empty message")
    return [kept.get(key) or world.add_attachment(channel, sent.files[int(key)]) for key in wanted]
