"""The protocol between the decoder's process and its client: bytes and bounded JSON, nothing else."""

from enum import IntEnum
from struct import Struct
from typing import IO, Literal

from pydantic import BaseModel, ConfigDict, Field

from pictures.decode import PictureInfo
from pictures.errors import PictureError

READY = b"\1"
"""The first byte that the process writes, once it has loaded all that it needs."""

# A byte order also turns padding off: a native "BI" would have 8 bytes, this has 5.
REQUEST_HEADER = Struct(">BI")
"""A Request, and the length of the file that follows."""

RESPONSE_HEADER = Struct(">I")
"""The length of a Response's JSON; after the JSON come the pixels, row by row, and the profile."""

MAX_RESPONSE_BYTES = 2**22
"""Of JSON; a recipe with its ancestors is the largest thing in it."""


class Request(IntEnum):
    """What to do with a file."""

    INFO = 0
    PICTURE = 1


class Refusal(BaseModel):
    """A PictureError: its sentence, code and values."""

    model_config = ConfigDict(frozen=True)

    sentence: str = Field(max_length=1000)
    code: str = Field("", max_length=100)
    values: dict[str, str | int | float] = Field(default_factory=dict, max_length=16)

    @classmethod
    def of(cls, error: PictureError) -> "Refusal":
        """Return what an error says, its values as numbers or text."""
        values = {
            name: value if isinstance(value, int | float) else str(value)
            for name, value in error.values.items()
        }
        return cls(sentence=str(error), code=error.code, values=values)

    @property
    def error(self) -> PictureError:
        """The error to raise."""
        error = PictureError(self.sentence, code=self.code)
        error.values = dict(self.values)
        return error


class Response(BaseModel):
    """The answer to a request: a refusal, or what there is to know about a picture and what follows."""

    model_config = ConfigDict(frozen=True)

    refusal: Refusal | None = None
    info: PictureInfo | None = None
    channels: Literal[0, 3, 4] = 0
    """Of the pixels that follow; 0 for none."""
    icc: int = Field(0, ge=0)
    """Length of the ICC profile that follows."""


def read_exactly(stream: IO[bytes], length: int) -> bytes:
    """Return `length` bytes; raises EOFError if the stream ends first."""
    data = stream.read(length)
    if len(data) < length:
        raise EOFError
    return data
