"""What can go wrong on the bus.

BusError
├── BusUnavailable   retry: the server is away, or does not answer in time
│   ├── StreamMissing     retry after ensure(): a stream or consumer is not there
│   └── BusFull      retry once there is room: the store or the disk is full
├── BusAccessDenied       tell, and try again much later: the server does not let us in
│   └── InvalidBusUrl  give up and tell: the address of the bus is none
├── BusClosed        give up: the connection is closed for good, a new process connects anew
├── ServerFailed     give up and tell: the embedded server does not start
├── ObjectMissing    put the object again: it is not in the store, or not whole
└── Undecodable      keep the message aside: no version of ours wrote it
"""


class BusError(Exception):
    """Whatever keeps a message or an object from its destination."""


class BusUnavailable(BusError):
    """The server is away, or does not answer in time; trying again later is right."""


class StreamMissing(BusUnavailable):
    """A stream or consumer is not there: the data folder of the server was emptied."""


class BusFull(BusUnavailable):
    """The store or the disk is full; there will be room once objects are deleted."""


class BusAccessDenied(BusError):
    """The server does not let us in."""


class InvalidBusUrl(BusAccessDenied):
    """The address of the bus is none, or names a file that is not there."""


class BusClosed(BusError):
    """The connection is closed for good."""


class ServerFailed(BusError):
    """The embedded server does not start."""


class ObjectMissing(BusError):
    """The object is not in the store, or not whole; the cure for both is to put it again."""


class Undecodable(BusError):
    """A message that no version of ours wrote; the text is the reason."""
