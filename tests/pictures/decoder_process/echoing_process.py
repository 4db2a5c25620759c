"""A decoder's process that a file has taken over: it answers with the file's bytes, and ends."""

import sys

from pictures.decoder_process.protocol import READY, REQUEST_HEADER

if __name__ == "__main__":
    sys.stdout.buffer.write(READY)
    sys.stdout.buffer.flush()
    _, length = REQUEST_HEADER.unpack(sys.stdin.buffer.read(REQUEST_HEADER.size))
    sys.stdout.buffer.write(sys.stdin.buffer.read(length))
