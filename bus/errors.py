"""What can go wrong on the bus.

BusError
├── BusUnavailable      retry: the server is down, unreachable or too slow to answer
│   ├── StreamMissing   retry after ensure(): a stream or consumer does not exist
│   └── BusFull         retry once there is space: the store or the disk is full
├── BusAccessDenied     tell the operator, and try again much later: the server refuses access
│   └── InvalidBusUrl   give up and tell the operator: the URL is malformed, or names a missing file
├── BusClosed           give up: the connection is closed, and only a new process opens another
├── ServerFailed        give up and tell the operator: the embedded server does not start
├── ObjectMissing       put the object again: it is missing in the store, or damaged
└── Undecodable         move the message to the dead letters: no version of Outcrop wrote it
"""


class BusError(Exception):
    """The base of every error of the bus; its text is a sentence for the operator."""


class BusUnavailable(BusError):
    """The server is down, unreachable or too slow to answer; trying again later is right."""


class StreamMissing(BusUnavailable):
    """A stream or consumer does not exist: the server's data folder was emptied."""


class BusFull(BusUnavailable):
    """The store or the disk is full; deleting objects makes space."""


class BusAccessDenied(BusError):
    """The server refuses the token, user, credentials or certificate."""


class InvalidBusUrl(BusAccessDenied):
    """The URL of the bus is malformed, or names a file that does not exist."""


class BusClosed(BusError):
    """The connection is closed and is not renewed."""


class ServerFailed(BusError):
    """The embedded server does not start, or does not stop."""


class ObjectMissing(BusError):
    """The object is missing in the store, or damaged; the remedy for both is to put it again."""


class Undecodable(BusError):
    """A message that no version of Outcrop wrote; the text is the reason."""
