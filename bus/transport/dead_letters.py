"""Keep a message that cannot be read, with the reason."""

import structlog
from nats.aio.msg import Msg

from bus.errors import Undecodable
from bus.streams import dead_letter_subject
from bus.transport.client import JetStreamClient

log = structlog.get_logger()

REASON = "Outcrop-Reason"


async def dead_letter(link: JetStreamClient, message: Msg, error: Undecodable) -> None:
    """Copy the message to the stream of the unreadable; it is kept once this returns."""
    log.error("message kept aside", subject=message.subject, reason=str(error))
    subject = dead_letter_subject(message.subject)
    await link.persist(lambda: link.store(subject, message.data, headers={REASON: str(error)}))
