"""Read a whole line that was written for InvokeAI 2.3."""

import re
import shlex
from collections.abc import Sequence

from outcrop.errors import UsageError

START = "!fix"

_NOT_HERE = {
    ("-G", "-ft", "--facetool", "--gfpgan_strength", "--facetool_strength"): "faces are not restored here",
    ("-U", "--upscale"): "pictures are not enlarged here",
    ("-embiggen", "--embiggen", "-embiggen_tiles", "--embiggen_tiles"): "pictures are not enlarged here",
    ("-save_orig", "--save_original"): "the picture itself always stays as it is",
    ("-W", "-H", "--width", "--height"): "the size follows from the sides; --size reaches an exact one",
    ("-v", "-V", "--variation_amount", "--with_variations"): "variations differ by their seeds, with -n",
    ("--hires_fix", "--seamless", "--perlin", "--threshold"): "Outcrop's painters have no such thing",
    ("-r", "--inpaint_replace"): "say -f, the strength",
    ("-T", "-fit", "--fit"): "a picture is never resized",
    ("-tm", "--text_mask"): "masks are not found by words here",
    ("--fnformat",): "name the file or the folder with -o",
    ("--init_color",): "colours are matched to the picture itself",
}  # fmt: skip
"""Switches of InvokeAI 2.3 for what is not done here, and why."""

_WHY = {switch: why for switches, why in _NOT_HERE.items() for switch in switches}


def is_line(pictures: Sequence[str]) -> bool:
    """Tell whether the first picture is a whole line."""
    return bool(pictures) and pictures[0].lstrip().startswith(START)


def words_of(pictures: Sequence[str]) -> list[str]:
    """Return what InvokeAI's line says as arguments of `outcrop fix`; raises UsageError.

    The shell may have taken the line apart already. Switches that InvokeAI has and we have not are refused.
    """
    line = pictures[0].lstrip().removeprefix(START)
    try:
        words = [*shlex.split(line), *pictures[1:]]
    except ValueError as odd:
        raise UsageError(f"{START}: a quotation mark is open; close it.") from odd
    for word in words:
        switch = re.split(r"[=\d]", word, maxsplit=1)[0] if word.startswith("-") else ""
        if switch in _WHY:
            raise UsageError(f"{START}: {switch} cannot be honoured: {_WHY[switch]}. Leave it out.")
    return words
