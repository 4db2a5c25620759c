"""Validate a message before it is sent or edited, as Discord does."""

from __future__ import annotations

from tests.fake_discord.faults import RequestBody
from tests.fake_discord.models import Attachment, Channel, Json, Message
from tests.fake_discord.state import ApiError, DiscordState

MAX_CONTENT_LENGTH, MAX_ATTACHMENTS = 2000, 10


def validate_message(
    state: DiscordState, channel: Channel, payload: Json, body: RequestBody, *, old: Message | None = None
) -> list[Attachment]:
    """Return the attachments that the message will have: those kept from `old`, then the new ones.

    Raises ApiError with the status and code that Discord answers with.
    """
    files = list(body.files.values())
    limits = state.limits
    most = min(limits.file_bytes, limits.private_file_bytes) if channel.recipient else limits.file_bytes
    too_large = any(len(file.data) > most for file in files)
    if too_large or sum(len(file.data) for file in files) > limits.request_bytes:
        raise ApiError(413, 40005, "Request entity too large")
    before = {"content": old.content, "embeds": old.embeds, "components": old.components} if old else {}
    after = before | payload
    if len(after.get("content") or "") > MAX_CONTENT_LENGTH:
        raise ApiError(400, 50035, "Invalid Form Body: content: Must be 2000 or fewer in length.")
    kept = {str(attachment.id): attachment for attachment in (old.attachments if old else ())}
    new = {str(number): file for number, file in body.files.items()}
    named = payload.get("attachments")
    wanted = [*kept, *new] if named is None else [str(entry["id"]) for entry in named]
    wanted = [key for key in wanted if key in kept or key in new]
    if len(wanted) > MAX_ATTACHMENTS:
        raise ApiError(400, 50035, "Invalid Form Body: attachments: Must be 10 or fewer in length.")
    if not (wanted or any(after.get(key) for key in ("content", "embeds", "components"))):
        raise ApiError(400, 50006, "Cannot send an empty message")
    return [kept.get(key) or state.add_attachment(channel, new[key]) for key in wanted]
