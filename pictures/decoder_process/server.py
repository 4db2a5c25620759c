"""The decoder's process from inside: answer requests one after the other until the input ends."""

import sys
from collections.abc import Callable, Mapping
from typing import TypeAlias

from pydantic import TypeAdapter

from pictures.decode import Decoded, PictureInfo, out_of_memory
from pictures.decoder_process.protocol import (
    READY,
    REQUEST_HEADER,
    RESPONSE_HEADER,
    Refusal,
    Request,
    Response,
    read_exactly,
)
from pictures.decoder_process.resource_limits import (
    MAX_CPU_SECONDS,
    allow_cpu_seconds,
    limit_resources,
    silence_stderr,
)
from pictures.errors import PictureError
from pictures.limits import Limits
from pictures.picture import Picture

LIMITS = TypeAdapter(Limits)

Handlers: TypeAlias = Mapping[Request, Callable[[bytes, Limits], PictureInfo | Decoded]]
"""What answers each kind of request."""


def serve(handlers: Handlers, *, cpu_seconds: int = MAX_CPU_SECONDS) -> None:
    """Answer requests on standard input with responses on standard output.

    The limits are this process's one argument, as JSON. A bug or a crash in a decoder ends the process.
    """
    limits = LIMITS.validate_json(sys.argv[1])
    requests, responses = sys.stdin.buffer, sys.stdout.buffer
    # After the imports: the limit counts from the address space that they have reserved.
    limit_resources(limits)
    silence_stderr()
    responses.write(READY)
    responses.flush()
    # An empty read is the end of the input: the parent has closed the pipe, or has died.
    while header := requests.read(REQUEST_HEADER.size):
        request, length = REQUEST_HEADER.unpack(header)
        data = read_exactly(requests, length)
        allow_cpu_seconds(cpu_seconds)
        response, picture = _respond(handlers[Request(request)], data, limits)
        text = response.model_dump_json().encode()
        responses.write(RESPONSE_HEADER.pack(len(text)) + text)
        if picture is not None:
            responses.write(picture.pixels.data)
            responses.write(picture.icc or b"")
        responses.flush()


def _respond(
    handler: Callable[[bytes, Limits], PictureInfo | Decoded], data: bytes, limits: Limits
) -> tuple[Response, Picture | None]:
    try:
        result = handler(data, limits)
    except PictureError as error:
        return Response(refusal=Refusal.of(error)), None
    except MemoryError:
        return Response(refusal=Refusal.of(out_of_memory())), None
    if isinstance(result, PictureInfo):
        return Response(info=result), None
    picture = result.picture
    info = PictureInfo(size=picture.size, format=result.format, notes=result.notes)
    channels = 4 if picture.has_alpha else 3
    return Response(info=info, channels=channels, icc=len(picture.icc or b"")), picture
