"""Read a whole command line that was written for InvokeAI 2.3."""

import re
import shlex
from collections.abc import Sequence

from outcrop.errors import UsageError

START = "!fix"

_UNSUPPORTED = {
    ("-G", "-ft", "--facetool", "--gfpgan_strength", "--facetool_strength"): "faces cannot be restored",
    ("-U", "--upscale"): "pictures cannot be upscaled",
    ("-embiggen", "--embiggen", "-embiggen_tiles", "--embiggen_tiles"): "pictures cannot be upscaled",
    ("-save_orig", "--save_original"): "the original is always kept",
    ("-W", "-H", "--width", "--height"): "the size follows from the sides; use --size for an exact one",
    ("-v", "-V", "--variation_amount", "--with_variations"): "variations differ by seed; use -n",
    ("--hires_fix", "--seamless", "--perlin", "--threshold"): "the painters have no such option",
    ("-r", "--inpaint_replace"): "use -f, the strength",
    ("-T", "-fit", "--fit"): "pictures are never resized",
    ("-tm", "--text_mask"): "a mask must be a file; use -M",
    ("--fnformat",): "use -o to name the file or folder",
    ("--init_color",): "colours are matched to the picture itself",
}  # fmt: skip
"""Options of InvokeAI 2.3 that are not supported here, and why or what to use."""

_REASONS = {option: reason for options, reason in _UNSUPPORTED.items() for option in options}


def is_line(pictures: Sequence[str]) -> bool:
    """Return whether the first picture is a whole line."""
    return bool(pictures) and pictures[0].lstrip().startswith(START)


def split_line(pictures: Sequence[str]) -> list[str]:
    """Return the arguments of `outcrop fix` in InvokeAI's line; raises UsageError for an unsupported option.

    The shell may have split the line already, where it was not quoted.
    """
    line = pictures[0].lstrip().removeprefix(START)
    try:
        arguments = [*shlex.split(line), *pictures[1:]]
    except ValueError as error:
        raise UsageError(f"{START}: a quotation mark is not closed.") from error
    for argument in arguments:
        option = re.split(r"[=\d]", argument, maxsplit=1)[0] if argument.startswith("-") else ""
        if option in _REASONS:
            raise UsageError(f"{START}: {option} is not supported ({_REASONS[option]}). Leave it out.")
    return arguments
