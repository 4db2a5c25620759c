"""One decoder's process, seen from outside."""

import os
import subprocess
import sys
from contextlib import suppress
from io import BufferedReader
from typing import cast

import numpy as np

from pictures.decoder_process.protocol import (
    LENGTH,
    LONGEST_ANSWER,
    QUESTION,
    READY,
    PictureInfo,
    Request,
    Response,
    read_exactly,
)
from pictures.decoder_process.server import LIMITS
from pictures.limits import Limits
from pictures.picture import Picture

_INHERITED = ("LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "SYSTEMROOT")
"""All that the process gets of our environment: a token has no business there."""

_FRUGAL = {"OPENBLAS_NUM_THREADS": "1", "MALLOC_ARENA_MAX": "1"}
"""Else libraries take address space for every processor, and less of the limit is left for the picture."""

_PIPE = 2**20
"""Bytes that pass at once, where the system lets us choose."""


class Process:
    """A decoder's process, which ends when it is killed or when we do; not for two threads at once.

    Every method raises EOFError or an OSError where it has ended, and ValueError where what it says makes no
    sense: it may be in the power of a hostile file.
    """

    def __init__(self, program: str, limits: Limits) -> None:
        """Start it; `program` is a module that calls `serve`."""
        self._limits = limits
        self._popen = subprocess.Popen(  # noqa: S603 - our own interpreter, no word of a stranger's
            (sys.executable, "-m", program, LIMITS.dump_json(limits).decode()),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=_environment(),
            pipesize=_PIPE,
        )
        assert self._popen.stdin is not None
        self._questions = self._popen.stdin
        self._answers = cast(BufferedReader, self._popen.stdout)
        self._killed = False

    @property
    def alive(self) -> bool:
        """Whether it can be asked."""
        return not self._killed and self._popen.poll() is None

    def wait_until_ready(self) -> None:
        """Return when it has loaded all that it needs."""
        if self._answers.read(len(READY)) != READY:
            raise EOFError

    def ask(self, wanted: Request, data: bytes) -> str | tuple[PictureInfo, Picture | None]:
        """Return what it says about a file: facts alone, facts and picture, or why there are none."""
        self._questions.write(QUESTION.pack(wanted, len(data)))
        self._questions.write(data)
        self._questions.flush()
        (length,) = LENGTH.unpack(read_exactly(self._answers, LENGTH.size))
        if length > LONGEST_ANSWER:
            raise ValueError("the answer is too long")
        answer = Response.model_validate_json(read_exactly(self._answers, length))
        if answer.refused is not None:
            return answer.refused
        if answer.facts is None:
            raise ValueError("the answer says nothing")
        return answer.facts, self._picture(answer.facts, answer) if wanted is Request.PICTURE else None

    def kill(self) -> None:
        """End it at once, from any thread; whoever waits for it is told."""
        self._killed = True
        self._popen.kill()

    def bury(self) -> None:
        """Kill it and give back what it held of us."""
        self._popen.kill()
        self._popen.wait()
        for stream in (self._questions, self._answers):
            with suppress(OSError):  # what it was never told is still to be written
                stream.close()

    def _picture(self, facts: PictureInfo, answer: Response) -> Picture:
        if facts.size.pixels > self._limits.pixels or answer.icc > self._limits.metadata:
            raise ValueError("the answer is larger than any picture within the limits")
        pixels = np.empty((facts.size.height, facts.size.width, answer.channels), np.uint8)
        if self._answers.readinto(pixels.data) < pixels.nbytes:
            raise EOFError
        return Picture(pixels=pixels, icc=read_exactly(self._answers, answer.icc) or None)


def _environment() -> dict[str, str]:
    """Return an environment in which the same modules are found."""
    return {
        **{name: os.environ[name] for name in _INHERITED if name in os.environ},
        **_FRUGAL,
        "PYTHONPATH": os.pathsep.join(path for path in sys.path if path),
    }
