"""The decoder's process from outside: start it, send requests, end it."""

import os
import subprocess
import sys
from contextlib import suppress
from io import BufferedReader
from typing import cast

import numpy as np

from pictures.decode import PictureInfo
from pictures.decoder_process.protocol import (
    MAX_RESPONSE_BYTES,
    READY,
    REQUEST_HEADER,
    RESPONSE_HEADER,
    Request,
    Response,
    read_exactly,
)
from pictures.decoder_process.server import LIMITS
from pictures.limits import Limits
from pictures.picture import Picture

_INHERITED_VARIABLES = ("LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "SYSTEMROOT")
"""All that the process gets of our environment, so that a file that takes it over finds no token there."""

_LIBRARY_VARIABLES = {"OPENBLAS_NUM_THREADS": "1", "MALLOC_ARENA_MAX": "1"}
"""Otherwise libraries reserve address space for every processor, which counts against the memory limit."""

# Linux's default maximum for unprivileged processes (/proc/sys/fs/pipe-max-size).
_PIPE_BYTES = 2**20
"""Size of the pipes, on systems that let us choose: fewer switches between the processes per picture."""


class Process:
    """A decoder's process, which ends when it is killed or when this process ends; not thread-safe.

    Every method raises EOFError or OSError when it has ended, and ValueError when its answer makes no sense:
    a hostile file may have taken it over.
    """

    def __init__(self, program: str, limits: Limits) -> None:
        """Start it; `program` is a module that calls `serve`."""
        self._limits = limits
        self._popen = subprocess.Popen(  # noqa: S603 - our own interpreter, nothing from outside
            (sys.executable, "-m", program, LIMITS.dump_json(limits).decode()),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=_environment(),
            pipesize=_PIPE_BYTES,
        )
        assert self._popen.stdin is not None
        self._requests = self._popen.stdin
        self._responses = cast(BufferedReader, self._popen.stdout)
        self._killed = False

    @property
    def alive(self) -> bool:
        """Whether it can take requests."""
        return not self._killed and self._popen.poll() is None

    def wait_until_ready(self) -> None:
        """Return when it has loaded all that it needs."""
        if self._responses.read(len(READY)) != READY:
            raise EOFError

    def request(self, request: Request, data: bytes) -> tuple[PictureInfo, Picture | None]:
        """Return info about a file and, if requested, its picture; raises PictureError if it is refused."""
        self._requests.write(REQUEST_HEADER.pack(request, len(data)))
        self._requests.write(data)
        self._requests.flush()
        (length,) = RESPONSE_HEADER.unpack(read_exactly(self._responses, RESPONSE_HEADER.size))
        # Checked before reading: a process that has been taken over could announce 4 GiB.
        if length > MAX_RESPONSE_BYTES:
            raise ValueError("the response is too long")
        response = Response.model_validate_json(read_exactly(self._responses, length))
        if response.refusal is not None:
            raise response.refusal.error
        if response.info is None:
            raise ValueError("the response is empty")
        picture = self._read_picture(response.info, response) if request is Request.PICTURE else None
        return response.info, picture

    def kill(self) -> None:
        """End it at once, from any thread; a pending request then raises."""
        # SIGKILL, as the process ignores SIGINT and SIGTERM (see resource_limits.py).
        self._killed = True
        self._popen.kill()

    def reap(self) -> None:
        """Kill it, wait for its end and close its pipes."""
        self._popen.kill()
        self._popen.wait()
        for stream in (self._requests, self._responses):
            with suppress(OSError):  # what it did not read is still in the buffer
                stream.close()

    def _read_picture(self, info: PictureInfo, response: Response) -> Picture:
        # np.empty allocates what the process claims, so the claim comes first.
        if info.size.pixels > self._limits.pixels or response.icc > self._limits.metadata:
            raise ValueError("the response is larger than any picture within the limits")
        pixels = np.empty((info.size.height, info.size.width, response.channels), np.uint8)
        # Straight into the array: read() would make a second copy of up to 64 MiB.
        if self._responses.readinto(pixels.data) < pixels.nbytes:
            raise EOFError
        return Picture(pixels=pixels, icc=read_exactly(self._responses, response.icc) or None)


def _environment() -> dict[str, str]:
    """Return an environment in which the same modules are found."""
    return {
        **{name: os.environ[name] for name in _INHERITED_VARIABLES if name in os.environ},
        **_LIBRARY_VARIABLES,
        "PYTHONPATH": os.pathsep.join(path for path in sys.path if path),
    }
