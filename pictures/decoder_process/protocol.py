"""What passes between the decoder's process and whoever asks it: bytes and bounded JSON, nothing else."""

from enum import IntEnum
from struct import Struct
from typing import IO, Literal

from pydantic import BaseModel, ConfigDict, Field

from pictures.geometry import Size
from pictures.recipe import ForeignRecipe, Recipe

READY = b"\1"
"""The first byte that the process writes: it has loaded all that it needs."""

QUESTION = Struct(">BI")
"""A Wanted, and the length of the file that follows."""

LENGTH = Struct(">I")
"""Of an Answer's JSON; behind the JSON come the pixels, row by row, and the profile."""

LONGEST_ANSWER = 2**22
"""Bytes of JSON; a recipe with its ancestors is the largest thing in it."""


class Request(IntEnum):
    """What is asked about a file."""

    FACTS = 0
    PICTURE = 1


class PictureInfo(BaseModel):
    """What there is to know of a picture without its pixels."""

    model_config = ConfigDict(frozen=True)

    size: Size
    """Of the upright picture."""
    format: str = Field(max_length=16)
    notes: tuple[str, ...] = Field(max_length=8)
    """Short sentences for the person: what of the file was not taken over."""
    carried: Recipe | ForeignRecipe | None = None
    """How the picture was made, as far as it says; only where facts were asked for."""


class Response(BaseModel):
    """Either why a file is no picture, as a sentence, or facts and what follows them."""

    model_config = ConfigDict(frozen=True)

    refused: str | None = Field(None, max_length=1000)
    facts: PictureInfo | None = None
    channels: Literal[0, 3, 4] = 0
    """Of the pixels that follow; 0 where none do."""
    icc: int = Field(0, ge=0)
    """Bytes of the profile that follows."""


def read_exactly(stream: IO[bytes], length: int) -> bytes:
    """Return so many bytes; raises EOFError where the stream ends first."""
    data = stream.read(length)
    if len(data) < length:
        raise EOFError
    return data
