"""Answer questions about files, one after the other, until the input ends."""

import sys
from collections.abc import Callable

from pydantic import TypeAdapter

from pictures.decode import NO_MEMORY, Decoded
from pictures.decoder.confine import CPU_SECONDS, allow, confine, hush
from pictures.decoder.wire import LENGTH, QUESTION, READY, Answer, Facts, Wanted, read_exactly
from pictures.errors import PictureError
from pictures.limits import Limits
from pictures.picture import Picture
from pictures.recipe.read import read_recipe

LIMITS = TypeAdapter(Limits)


def serve(decode: Callable[[bytes, Limits], Decoded], *, cpu_seconds: int = CPU_SECONDS) -> None:
    """Be the decoder's process: questions on standard input, answers on standard output.

    The limits are this process's one argument, as JSON. A picture that the decoder stumbles over ends it.
    """
    limits = LIMITS.validate_json(sys.argv[1])
    questions, answers = sys.stdin.buffer, sys.stdout.buffer
    confine(limits)
    hush()
    answers.write(READY)
    answers.flush()
    while head := questions.read(QUESTION.size):
        wanted, length = QUESTION.unpack(head)
        data = read_exactly(questions, length)
        allow(cpu_seconds)
        answer, picture = _answered(decode, data, limits, Wanted(wanted))
        text = answer.model_dump_json().encode()
        answers.write(LENGTH.pack(len(text)) + text)
        if picture is not None:
            answers.write(picture.pixels.data)
            answers.write(picture.icc or b"")
        answers.flush()


def _answered(
    decode: Callable[[bytes, Limits], Decoded], data: bytes, limits: Limits, wanted: Wanted
) -> tuple[Answer, Picture | None]:
    try:
        decoded = decode(data, limits)
    except PictureError as refused:
        return Answer(refused=str(refused)), None
    except MemoryError:
        return Answer(refused=NO_MEMORY), None
    picture = decoded.picture
    facts = Facts(size=picture.size, format=decoded.format, notes=decoded.notes)
    if wanted is Wanted.FACTS:
        return Answer(facts=facts.model_copy(update={"carried": read_recipe(data)})), None
    channels = 4 if picture.has_alpha else 3
    return Answer(facts=facts, channels=channels, icc=len(picture.icc or b"")), picture
