"""Pull one message from any of several durable consumers, and lose none."""

import asyncio
import json
from collections.abc import Sequence
from contextlib import suppress
from secrets import token_hex

from nats.aio.msg import Msg

from bus.errors import BusError, BusUnavailable, StreamMissing
from bus.transport.client import FIRST_BACK_OFF, MAX_BACK_OFF, JetStreamClient
from bus.transport.message import NAK, PulledMessage

PULL_EXPIRED = "408"
"""The status by which JetStream ends a pull that brought nothing in its time."""


class Puller:
    """One inbox for every pull of a process.

    nats-py's fetch(1) pulls from one consumer only, and a message that arrives while it is cancelled stays
    leased without an owner until ack_wait is over. Here a message that nobody waits for any more is handed
    back at once.
    """

    def __init__(self, client: JetStreamClient) -> None:
        self._client = client
        self._inbox = client.nats.new_inbox()
        self._pulls: dict[str, _Pull] = {}

    async def open(self) -> None:
        """Subscribe to the inbox; nats-py renews that after each reconnect."""
        await self._client.subscribe(f"{self._inbox}.*", self._deliver)
        self._client.on_reconnect(self._wake)

    async def next(self, stream: str, consumers: Sequence[str], wait: float) -> PulledMessage | None:
        """Return the next message of any of the consumers; None if `wait` seconds brought none."""
        token = token_hex(8)
        pull = self._pulls[token] = _Pull(stream, consumers)
        try:
            async with asyncio.timeout(wait) as timeout:
                back_off = FIRST_BACK_OFF
                while True:
                    try:
                        await self._request(pull, token, timeout)
                        if (message := await self._first(pull)) is not None:
                            return PulledMessage(self._client, message)
                        back_off = FIRST_BACK_OFF
                    except BusUnavailable:
                        await self._client.sleep_until_reconnect(back_off)
                        back_off = min(2 * back_off, MAX_BACK_OFF)
                        with suppress(BusUnavailable):
                            await self._client.ensure()
        except TimeoutError:
            return None
        finally:
            del self._pulls[token]
            while not pull.arrived.empty():
                await self._hand_back(pull.arrived.get_nowait())

    async def _request(self, pull: "_Pull", token: str, timeout: asyncio.Timeout) -> None:  # noqa: ASYNC109 - of the caller
        """Ask each consumer for one message, to be sent before the timeout."""
        left = (timeout.when() or 0) - asyncio.get_running_loop().time()
        request = json.dumps({"batch": 1, "expires": max(1, int(left * 1e9))}).encode()  # nanoseconds
        for consumer in pull.consumers:
            subject = f"$JS.API.CONSUMER.MSG.NEXT.{pull.stream}.{consumer}"
            await self._client.publish(subject, request, reply=f"{self._inbox}.{token}")

    async def _first(self, pull: "_Pull") -> Msg | None:
        """Return the first message; None when the pull was lost with its connection."""
        reconnects = self._client.reconnects
        while True:
            message = await pull.arrived.get()
            if message is None:
                if self._client.reconnects != reconnects:
                    return None
            elif (status := _status(message)) is None:
                return message
            elif status != PULL_EXPIRED:
                raise StreamMissing(f"A consumer is missing on the message bus (status {status}).")

    async def _deliver(self, message: Msg) -> None:
        # A status is addressed to the pull that it answers; a message names only its consumer, and may come
        # for a pull that is over.
        if _status(message) is not None:
            if (pull := self._pulls.get(message.subject.rpartition(".")[2])) is not None:
                pull.arrived.put_nowait(message)
            return
        waiting = next((pull for pull in self._pulls.values() if pull.accepts(message)), None)
        if waiting is None:
            await self._hand_back(message)
        else:
            waiting.served = True
            waiting.arrived.put_nowait(message)

    async def _hand_back(self, message: Msg | None) -> None:
        if message is not None and _status(message) is None:
            with suppress(BusError):
                await self._client.publish(message.reply, NAK)

    def _wake(self) -> None:
        for pull in self._pulls.values():
            pull.arrived.put_nowait(None)


class _Pull:
    """One call that waits for one message; None in its queue tells it of a reconnect."""

    def __init__(self, stream: str, consumers: Sequence[str]) -> None:
        self.stream = stream
        self.consumers = tuple(consumers)
        self.arrived: asyncio.Queue[Msg | None] = asyncio.Queue()
        self.served = False

    def accepts(self, message: Msg) -> bool:
        metadata = message.metadata
        return not self.served and metadata.stream == self.stream and metadata.consumer in self.consumers


def _status(message: Msg) -> str | None:
    return (message.headers or {}).get("Status")
