"""Send files to a running decoder process, and replace it when one of them has crashed it."""

import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Self

from pictures.decode import Decoded, PictureInfo
from pictures.decoder_process.process import Process
from pictures.decoder_process.protocol import Request
from pictures.errors import DecoderUnavailable, DecodingFailed, PictureError
from pictures.limits import Limits
from pictures.picture import Picture

DECODE_TIMEOUT = 30.0
"""Seconds for one picture, by the wall clock; its processor time is limited as well."""

START_TIMEOUT = 60.0
"""Seconds for the process to load what it needs: less than one, unless the machine is very busy."""

CRASHED = (
    "This picture can’t be decoded: its file is damaged, or needs too much time or memory. "
    "Export it again, for example as a PNG, and send the new file."
)

CLOSED = "The decoder is closed."


class Decoder:
    """Decodes files in a process of its own, one at a time; thread-safe.

    Picture formats are decoded by large libraries in C. A hostile file that exploits an error in one must not
    reach tokens and other people's pictures, and one that takes all memory or time must not stop us.

    The process starts when this is entered and ends with it, or with this process; it is replaced after a
    file has crashed it or kept it too long. Methods block, and raise PictureError or DecoderUnavailable.
    """

    def __init__(
        self, limits: Limits, *, program: str = "pictures.decoder_process", seconds: float = DECODE_TIMEOUT
    ) -> None:
        """`program` is the module that the process runs."""
        self._limits = limits
        self._program = program
        self._seconds = seconds
        self._lock = threading.Lock()
        self._process: Process | None = None
        self._ready = False
        self._closed = False

    def __enter__(self) -> Self:
        self._process = Process(self._program, self._limits)
        return self

    def __exit__(self, *_: object) -> None:
        # Set before the kill, so that a waiting thread reports a closed decoder and not a crash.
        self._closed = True
        if self._process is not None:
            self._process.kill()  # a thread that waits for a response then releases the lock
        with self._lock:
            self._reap()

    def verify(self, data: bytes) -> PictureInfo:
        """Check that a file is complete and undamaged, and return what there is to know about it."""
        info, _ = self._request(Request.INFO, data)
        return info

    def decode(self, data: bytes) -> Decoded:
        """Return the picture, as `pictures.decode.decode` does."""
        info, picture = self._request(Request.PICTURE, data)
        assert picture is not None
        return Decoded(picture=picture, notes=info.notes, format=info.format)

    def _request(self, request: Request, data: bytes) -> tuple[PictureInfo, Picture | None]:
        self._limits.check_file(len(data))
        with self._lock:
            process = self._running()
            try:
                with _killed_after(process, self._seconds):
                    return process.request(request, data)
            except PictureError:
                raise
            # It died, its pipe broke, or its answer is no valid response (pydantic raises ValueError).
            except (EOFError, OSError, ValueError) as error:
                self._reap()
                if self._closed:
                    raise DecoderUnavailable(CLOSED) from error
                raise DecodingFailed(CRASHED, code="decoder_crashed") from error
            except BaseException:
                self._reap()  # or the rest of this response would be taken for the next one
                raise

    def _running(self) -> Process:
        """Return a process that has loaded what it needs."""
        if self._closed:
            raise DecoderUnavailable(CLOSED)
        if self._process is None or not self._process.alive:
            self._reap()
            self._process, self._ready = Process(self._program, self._limits), False
        if not self._ready:
            try:
                with _killed_after(self._process, START_TIMEOUT):
                    self._process.wait_until_ready()
            except (EOFError, OSError) as error:
                self._reap()
                raise DecoderUnavailable("The decoder's process does not start.") from error
            self._ready = True
        return self._process

    def _reap(self) -> None:
        if self._process is not None:
            self._process.reap()
            self._process = None


@asynccontextmanager
async def open_decoder(limits: Limits) -> AsyncIterator[Decoder]:
    """Yield a running decoder, for an async with statement among others."""
    with Decoder(limits) as decoder:
        yield decoder


@contextmanager
def _killed_after(process: Process, seconds: float) -> Iterator[None]:
    """Kill the process if the body takes longer."""
    # A read from a pipe has no timeout, but it ends when the process at the other end does.
    timer = threading.Timer(seconds, process.kill)
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
        timer.join()  # from here on it kills nothing
