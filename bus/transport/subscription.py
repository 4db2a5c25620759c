"""Receive what others publish on core NATS, where messages may be lost."""

from collections.abc import Callable
from contextlib import suppress
from typing import Self

import nats.errors
from nats.aio.msg import Msg
from nats.aio.subscription import Subscription as NatsSubscription

from bus.transport.client import JetStreamClient


class Subscription:
    """A core NATS subscription; nats-py renews it after each reconnect."""

    def __init__(self, subscription: NatsSubscription) -> None:
        self._subscription = subscription

    @classmethod
    async def open(
        cls, client: JetStreamClient, subject: str, callback: Callable[[bytes], None], *, reply: bool = False
    ) -> Self:
        """Call back with each payload on the subject; with `reply`, confirm each one to its sender.

        Returns once the server knows; while the bus is away at once, and it knows after the reconnect.
        """

        async def receive(message: Msg) -> None:
            callback(message.data)
            if reply:
                with suppress(nats.errors.Error):  # the sender will ask again
                    await message.respond(b"")

        return cls(await client.subscribe(subject, receive))

    async def unsubscribe(self) -> None:
        """Stop the callbacks."""
        with suppress(nats.errors.Error):  # a closed connection delivers nothing anyway
            await self._subscription.unsubscribe()
