"""Pull one message from any of several durable consumers, and lose none."""

import asyncio
import json
from collections.abc import Sequence
from contextlib import suppress
from secrets import token_hex

from nats.aio.msg import Msg

from bus.errors import BusError, BusUnavailable, StreamMissing
from bus.transport.client import FIRST_PAUSE, LONGEST_PAUSE, JetStreamClient

ACK, NAK = b"+ACK", b"-NAK"
EXPIRED = "408"


class Puller:
    """One inbox for every pull of a process.

    nats-py's fetch(1) pulls from one consumer only, and a message that arrives while it is cancelled stays
    leased to nobody until ack_wait is over. Here whatever nobody waits for any more is handed back at once.
    """

    def __init__(self, link: JetStreamClient) -> None:
        self._link = link
        self._inbox = link.client.new_inbox()
        self._waits: dict[str, _Wait] = {}

    async def open(self) -> None:
        """Subscribe to the inbox; nats-py renews that after each reconnect."""
        await self._link.listen(f"{self._inbox}.*", self._deliver)
        self._link.on_reconnect(self._wake)

    async def next(self, stream: str, consumers: Sequence[str], wait: float) -> Msg | None:
        """Return the next message of any of the consumers; None if `wait` seconds brought none."""
        token = token_hex(8)
        waiting = self._waits[token] = _Wait(stream, consumers)
        try:
            async with asyncio.timeout(wait) as limit:
                pause = FIRST_PAUSE
                while True:
                    try:
                        await self._ask(waiting, token, limit)
                        if (message := await self._first(waiting)) is not None:
                            return message
                        pause = FIRST_PAUSE
                    except BusUnavailable:
                        await self._link.pause(pause)
                        pause = min(2 * pause, LONGEST_PAUSE)
                        with suppress(BusUnavailable):
                            await self._link.ensure()
        except TimeoutError:
            return None
        finally:
            del self._waits[token]
            while not waiting.arrived.empty():
                await self._hand_back(waiting.arrived.get_nowait())

    async def _ask(self, waiting: "_Wait", token: str, limit: asyncio.Timeout) -> None:
        left = (limit.when() or 0) - asyncio.get_running_loop().time()
        request = json.dumps({"batch": 1, "expires": max(1, int(left * 1e9))}).encode()
        async with self._link.asking():
            for consumer in waiting.consumers:
                subject = f"$JS.API.CONSUMER.MSG.NEXT.{waiting.stream}.{consumer}"
                await self._link.client.publish(subject, request, reply=f"{self._inbox}.{token}")

    async def _first(self, waiting: "_Wait") -> Msg | None:
        """Return the first message; None when the pull died with its connection."""
        asked = self._link.reconnects
        while True:
            message = await waiting.arrived.get()
            if message is None:
                if self._link.reconnects != asked:
                    return None
            elif (status := _status(message)) is None:
                return message
            elif status != EXPIRED:
                raise StreamMissing(f"The consumer is not there (status {status}).")

    async def _deliver(self, message: Msg) -> None:
        if (
            _status(message) is not None
        ):  # a status names the pull that it answers, a message only its consumer
            if (waiting := self._waits.get(message.subject.rpartition(".")[2])) is not None:
                waiting.arrived.put_nowait(message)
        elif (
            first := next((each for each in self._waits.values() if each.wants(message)), None)
        ) is not None:
            first.served = True
            first.arrived.put_nowait(message)
        else:
            await self._hand_back(message)

    async def _hand_back(self, message: Msg | None) -> None:
        if message is not None and _status(message) is None:
            with suppress(BusError):
                async with self._link.asking():
                    await self._link.client.publish(message.reply, NAK)

    def _wake(self) -> None:
        for waiting in self._waits.values():
            waiting.arrived.put_nowait(None)


class _Wait:
    """One call that waits for one message; None in its queue tells of a reconnect."""

    def __init__(self, stream: str, consumers: Sequence[str]) -> None:
        self.stream = stream
        self.consumers = tuple(consumers)
        self.arrived: asyncio.Queue[Msg | None] = asyncio.Queue()
        self.served = False

    def wants(self, message: Msg) -> bool:
        origin = message.metadata
        return not self.served and origin.stream == self.stream and origin.consumer in self.consumers


def _status(message: Msg) -> str | None:
    return (message.headers or {}).get("Status")
