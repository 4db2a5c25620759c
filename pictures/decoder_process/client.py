"""Ask a warm process about files, and replace it when one of them has killed it."""

import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Self

from pictures.decode import Decoded
from pictures.decoder_process.process import Process
from pictures.decoder_process.protocol import PictureInfo, Request
from pictures.errors import DecodingFailed, PictureError
from pictures.limits import Limits
from pictures.picture import Picture

SECONDS = 30.0
"""For one picture, by the clock on the wall; its time on the processor is bounded as well."""

START_WITHIN = 60.0
"""Seconds in which the process loads what it needs: less than one, unless the machine is very busy."""

FATAL = (
    "This picture cannot be decoded: its file is damaged, or takes too long or too much memory. "
    "Export it again, for example as a PNG, and send the new file."
)

CLOSED = "The decoder is closed."


class DecoderUnavailable(OSError):
    """No picture is to blame: the process does not start, or we have ended it."""


class Decoder:
    """Decodes files in a process of its own, one at a time; callers in other threads wait their turn.

    The process starts when this is entered, ends with it or with us, and starts anew after a file has killed
    it or kept it too long. To ask blocks, and raises PictureError with a sentence for the person, or
    DecoderUnavailable.
    """

    def __init__(
        self, limits: Limits, *, program: str = "pictures.decoder_process", seconds: float = SECONDS
    ) -> None:
        """`program` is the module that the process runs."""
        self._limits = limits
        self._program = program
        self._seconds = seconds
        self._turn = threading.Lock()
        self._process: Process | None = None
        self._ready = False
        self._closed = False

    def __enter__(self) -> Self:
        self._process = Process(self._program, self._limits)
        return self

    def __exit__(self, *_: object) -> None:
        self._closed = True
        if self._process is not None:
            self._process.kill()  # whoever waits for it in another thread lets the turn go
        with self._turn:
            self._give_up()

    def examine(self, data: bytes) -> PictureInfo:
        """Make sure that a file is whole, and return what there is to know of it without its pixels."""
        facts, _ = self._ask(Request.FACTS, data)
        return facts

    def decode(self, data: bytes) -> Decoded:
        """Return the picture, as `pictures.decode.decode` does."""
        facts, picture = self._ask(Request.PICTURE, data)
        assert picture is not None
        return Decoded(picture=picture, size=facts.size, notes=facts.notes, format=facts.format)

    def _ask(self, wanted: Request, data: bytes) -> tuple[PictureInfo, Picture | None]:
        self._limits.check_file(len(data))
        with self._turn:
            process = self._running()
            try:
                with _killed_after(process, self._seconds):
                    reply = process.ask(wanted, data)
            except (EOFError, OSError, ValueError) as lost:
                self._give_up()
                if self._closed:
                    raise DecoderUnavailable(CLOSED) from lost
                raise DecodingFailed(FATAL) from lost
            except BaseException:
                self._give_up()  # the rest of this answer must not be taken for the next one
                raise
        if isinstance(reply, str):
            raise PictureError(reply)
        return reply

    def _running(self) -> Process:
        """Return a process that has loaded what it needs."""
        if self._closed:
            raise DecoderUnavailable(CLOSED)
        if self._process is None or not self._process.alive:
            self._give_up()
            self._process, self._ready = Process(self._program, self._limits), False
        if not self._ready:
            try:
                with _killed_after(self._process, START_WITHIN):
                    self._process.wait_until_ready()
            except (EOFError, OSError) as lost:
                self._give_up()
                raise DecoderUnavailable("The decoder's process does not start.") from lost
            self._ready = True
        return self._process

    def _give_up(self) -> None:
        if self._process is not None:
            self._process.bury()
            self._process = None


@asynccontextmanager
async def decoding(limits: Limits) -> AsyncIterator[Decoder]:
    """Yield a decoder that ends with the body, among other things that a loop has opened."""
    with Decoder(limits) as decoder:
        yield decoder


@contextmanager
def _killed_after(process: Process, seconds: float) -> Iterator[None]:
    """Kill the process should the body take longer, whatever it waits for."""
    timer = threading.Timer(seconds, process.kill)
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
        timer.join()  # from here on it kills nothing
