"""A decoder's process that fails in the way that a file names."""

import os
import signal
import threading

from pictures.decode import Decoded, PictureInfo, decode, verify
from pictures.decoder_process.protocol import Request
from pictures.decoder_process.server import serve
from pictures.errors import PictureError
from pictures.limits import Limits

CRASH, HANG, SPIN = b"crash", b"hangs", b"spins"
TAKE_MEMORY, HAVE_BUG, LIST_ENVIRONMENT = b"memory", b"bug", b"environment"


def fail(data: bytes) -> None:
    """Do what a library may do with a hostile file."""
    match data:
        case b"crash":
            os.kill(os.getpid(), signal.SIGKILL)
        case b"hangs":
            threading.Event().wait()
        case b"spins":
            while True:
                pass
        case b"memory":
            raise PictureError(f"{len(bytearray(2**40))} bytes were allocated.")
        case b"bug":
            raise AssertionError("a bug")
        case b"environment":
            raise PictureError(" ".join(os.environ))
        case _:
            pass


def _decode(data: bytes, limits: Limits) -> Decoded:
    fail(data)
    return decode(data, limits)


def _verify(data: bytes, limits: Limits) -> PictureInfo:
    fail(data)
    return verify(data, limits)


if __name__ == "__main__":
    serve({Request.INFO: _verify, Request.PICTURE: _decode}, cpu_seconds=1)
