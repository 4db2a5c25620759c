"""Keep an undecodable message, with the reason, for an operator to look at."""

import structlog

from bus.errors import Undecodable
from bus.streams import dead_letter_subject
from bus.transport.client import JetStreamClient
from bus.transport.message import PulledMessage

log = structlog.get_logger()

REASON_HEADER = "Outcrop-Reason"


async def dead_letter(client: JetStreamClient, message: PulledMessage, error: Undecodable) -> None:
    """Copy the message to the stream DEAD_LETTERS; it is safe there once this returns."""
    log.error("message moved to dead letters", subject=message.subject, reason=str(error))
    subject, headers = dead_letter_subject(message.subject), {REASON_HEADER: str(error)}
    await client.retry_until_done(lambda: client.store(subject, message.data, headers=headers))
