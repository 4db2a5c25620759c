"""A decoder's process that stumbles where a file tells it to."""

import os
import signal
import threading

from pictures.decode import Decoded, Examined, decode, verify
from pictures.decoder_process.protocol import Request
from pictures.decoder_process.server import serve
from pictures.errors import PictureError
from pictures.limits import Limits

KILLS, HANGS, SPINS, HOGS, FAILS, LOOKS_AROUND = b"kills", b"hangs", b"spins", b"hogs", b"fails", b"looks"


def stumble(data: bytes) -> None:
    """Do what a library does that a file has in its power."""
    match data:
        case b"kills":
            os.kill(os.getpid(), signal.SIGKILL)
        case b"hangs":
            threading.Event().wait()
        case b"spins":
            while True:
                pass
        case b"hogs":
            raise PictureError(f"{len(bytearray(2**40))} bytes were had.")
        case b"fails":
            raise AssertionError("a bug")
        case b"looks":
            raise PictureError(" ".join(os.environ))
        case _:
            pass


def _decode(data: bytes, limits: Limits) -> Decoded:
    stumble(data)
    return decode(data, limits)


def _examine(data: bytes, limits: Limits) -> Examined:
    stumble(data)
    return verify(data, limits)


if __name__ == "__main__":
    serve({Request.FACTS: _examine, Request.PICTURE: _decode}, cpu_seconds=1)
