"""The lake of the sandbox's samples, as pixels: a natural picture for tests and benchmarks."""

from functools import cache

from outcrop.sandbox import SAMPLES
from pictures.decode import decode
from pictures.limits import Limits
from pictures.picture import Picture


@cache
def lake() -> Picture:
    """Return the picture, 512×384 RGB."""
    return decode((SAMPLES / "lake.jpg").read_bytes(), Limits()).picture
