"""A message pulled from a stream, and the ways to acknowledge it."""

import json

from nats.aio.msg import Msg

from bus.transport.client import JetStreamClient

ACK, NAK, IN_PROGRESS = b"+ACK", b"-NAK", b"+WPI"
"""JetStream's acknowledgements: done, redeliver, still working."""

MIN_NAK_DELAY = 0.001
"""Seconds; nats-server 2.15 persists a NAK with a delay, and forgets one without when it restarts."""


class PulledMessage:
    """A message that a durable consumer delivers again unless it is acknowledged within its ack_wait."""

    def __init__(self, client: JetStreamClient, message: Msg) -> None:
        self._client = client
        self._message = message

    @property
    def subject(self) -> str:
        """The subject that it was published on."""
        return self._message.subject

    @property
    def data(self) -> bytes:
        """The payload."""
        return self._message.data

    @property
    def sequence(self) -> int:
        """Its sequence number in the stream."""
        return self._message.metadata.sequence.stream

    @property
    def deliveries(self) -> int:
        """How many times it has been delivered, this one included."""
        return self._message.metadata.num_delivered

    async def ack(self) -> None:
        """Mark it as done; returns once the server knows. Raises BusUnavailable."""
        await self._client.acknowledge(self._message.reply, ACK)

    async def nak(self, *, delay: float = MIN_NAK_DELAY) -> None:
        """Have it delivered again after `delay` seconds. Raises BusUnavailable."""
        options = json.dumps({"delay": int(delay * 1e9)})  # JetStream counts in nanoseconds
        await self._client.acknowledge(self._message.reply, NAK + b" " + options.encode())

    async def in_progress(self) -> None:
        """Start its ack_wait again, without waiting for an answer. Raises BusUnavailable."""
        await self._client.publish(self._message.reply, IN_PROGRESS)
