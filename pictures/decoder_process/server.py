"""Answer questions about files, one after the other, until the input ends."""

import sys
from collections.abc import Callable, Mapping
from typing import TypeAlias

from pydantic import TypeAdapter

from pictures.decode import NO_MEMORY, Decoded, Examined
from pictures.decoder_process.protocol import (
    LENGTH,
    QUESTION,
    READY,
    PictureInfo,
    Request,
    Response,
    read_exactly,
)
from pictures.decoder_process.resource_limits import (
    CPU_SECONDS,
    allow_cpu_seconds,
    limit_resources,
    silence_stderr,
)
from pictures.errors import PictureError
from pictures.limits import Limits
from pictures.picture import Picture
from pictures.recipe.read import read_recipe

LIMITS = TypeAdapter(Limits)

Ways: TypeAlias = Mapping[Request, Callable[[bytes, Limits], Examined]]
"""What to do with a file for each question; the picture's way returns a Decoded."""


def serve(ways: Ways, *, cpu_seconds: int = CPU_SECONDS) -> None:
    """Be the decoder's process: questions on standard input, answers on standard output.

    The limits are this process's one argument, as JSON. A picture that the decoder stumbles over ends it.
    """
    limits = LIMITS.validate_json(sys.argv[1])
    questions, answers = sys.stdin.buffer, sys.stdout.buffer
    limit_resources(limits)
    silence_stderr()
    answers.write(READY)
    answers.flush()
    while head := questions.read(QUESTION.size):
        wanted, length = QUESTION.unpack(head)
        data = read_exactly(questions, length)
        allow_cpu_seconds(cpu_seconds)
        answer, picture = _answered(ways, data, limits, Request(wanted))
        text = answer.model_dump_json().encode()
        answers.write(LENGTH.pack(len(text)) + text)
        if picture is not None:
            answers.write(picture.pixels.data)
            answers.write(picture.icc or b"")
        answers.flush()


def _answered(ways: Ways, data: bytes, limits: Limits, wanted: Request) -> tuple[Response, Picture | None]:
    try:
        examined = ways[wanted](data, limits)
    except PictureError as refused:
        return Response(refused=str(refused)), None
    except MemoryError:
        return Response(refused=NO_MEMORY), None
    facts = PictureInfo(size=examined.size, format=examined.format, notes=examined.notes)
    if not isinstance(examined, Decoded):
        return Response(facts=facts.model_copy(update={"carried": read_recipe(data)})), None
    picture = examined.picture
    channels = 4 if picture.has_alpha else 3
    return Response(facts=facts, channels=channels, icc=len(picture.icc or b"")), picture
