"""Translate the errors of nats-py and JetStream into those of bus.errors."""

from collections.abc import Iterator
from contextlib import contextmanager

import nats.errors
from nats.js.errors import APIError, NoStreamResponseError, NotFoundError

from bus.errors import BusClosed, BusFull, BusUnavailable, StreamMissing

# JetStream's error codes, with their names in nats-server's server/errors.json.
STORE_FAILED = 10077  # JSStreamStoreFailedF: every refusal to store, a full store among them
STREAM_NAME_IN_USE = 10058  # JSStreamNameExistErr
INSUFFICIENT_RESOURCES = (10023, 10047)  # JSInsufficientResourcesErr, JSStorageResourcesExceededErr
NO_MESSAGE_FOUND = 10037  # JSNoMessageFoundErr


@contextmanager
def translated_errors() -> Iterator[None]:
    """Raise the BusError that stands for whatever the library raises in the body."""
    try:
        yield
    except nats.errors.ConnectionClosedError as error:
        raise BusClosed("The connection to the message bus is closed. Restart this process.") from error
    except (NotFoundError, NoStreamResponseError, nats.errors.NoRespondersError) as error:
        raise StreamMissing(
            "A stream is missing on the message bus. Its data folder may have been emptied."
        ) from error
    except APIError as error:
        if error.err_code == STORE_FAILED or error.err_code in INSUFFICIENT_RESOURCES:
            raise BusFull(f"The message bus has no space left ({error.description}). Free some.") from error
        raise BusUnavailable(
            f"The message bus refused a request ({error.description}). See its log for details."
        ) from error
    except (nats.errors.Error, TimeoutError, OSError) as error:
        raise BusUnavailable("Can’t reach the message bus; retrying.") from error
