"""A decoder's process in the power of a file: it says whatever that file holds, and ends."""

import sys

from pictures.decoder_process.protocol import QUESTION, READY

if __name__ == "__main__":
    sys.stdout.buffer.write(READY)
    sys.stdout.buffer.flush()
    _, length = QUESTION.unpack(sys.stdin.buffer.read(QUESTION.size))
    sys.stdout.buffer.write(sys.stdin.buffer.read(length))
