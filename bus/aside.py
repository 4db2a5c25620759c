"""Keep a message that cannot be read, with the reason."""

import structlog
from nats.aio.msg import Msg

from bus.errors import Undecodable
from bus.link import Link
from bus.streams import aside_subject

log = structlog.get_logger()

REASON = "Outcrop-Reason"


async def keep_aside(link: Link, message: Msg, error: Undecodable) -> None:
    """Copy the message to the stream of the unreadable; it is kept once this returns."""
    log.error("message kept aside", subject=message.subject, reason=str(error))
    subject = aside_subject(message.subject)
    await link.persist(lambda: link.store(subject, message.data, headers={REASON: str(error)}))
