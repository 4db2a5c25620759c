"""Read options from the words of a message: "top 128 right 64 seed 42 prompt a meadow at dusk"."""

import re
from dataclasses import dataclass, fields

from options.errors import UserError
from options.request import PaintRequest
from options.text_settings import take_prompts, take_settings
from options.text_target import take_target
from pictures.geometry import Outcrop

SIDES = tuple(side.name for side in fields(Outcrop))

EXAMPLE = "Write for example: `top 128 right 64`, `again`, `seed 42`, or `left 256 prompt a quiet harbour`."

_WORD = re.compile(r"-?\d+(?:px)?|[^\W\d_]+|\S", re.IGNORECASE)

_EXAMPLES = dict.fromkeys(SIDES, 128) | {"seed": 42, "variations": 2}

_LONGEST_WORD = 40
"""Characters of an odd word that are said back."""

_LONGEST_NUMBER = 12
"""Characters; every number that means anything here is shorter."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ParsedText:
    """What a message asks for."""

    options: PaintRequest
    again: bool = False
    """Paint once more what is there, with a new seed."""

    def __bool__(self) -> bool:
        return self.again or self.options != PaintRequest()


def parse(text: str) -> ParsedText:
    """Read the words; raises Refused with a sentence when one is not understood or said twice.

    Words are side and pixels, `seed N`, `variations N`, `exact`, `again`, `outpaint`, `aspect W:H`, `zoom N`,
    `size WxH`, `anchor` and a place, `shift` with a side and, if wished, pixels, those of
    options/text_settings.py (also as InvokeAI's switches), and `prompt` with all that follows.
    """
    head, prompts = take_prompts(text)
    head, manner = take_settings(head)
    head, target, shift = take_target(head)
    words = [word for word in _WORD.findall(head.lower()) if word not in ":=,;.!"]
    sides: dict[str, int] = {}
    found: dict[str, int] = {}
    flags: set[str] = set()
    rest = iter(words)
    for word in rest:
        if word in _EXAMPLES:
            _once(word, {*sides, *found})
            (sides if word in SIDES else found)[word] = _number(word, next(rest, ""))
        elif word in ("exact", "again", "outpaint"):
            _once(word, flags)
            flags.add(word)
        else:
            raise UserError(f"I did not understand “{word[:_LONGEST_WORD]}”. {EXAMPLE}")
    options = PaintRequest(
        sides=Outcrop(**sides),
        exact="exact" in flags,
        holes="outpaint" in flags or None,
        target=target,
        shift=shift,
        prompt=prompts.get("prompt") or None,
        negative=prompts.get("negative") or None,
        seed=found.get("seed"),
        variations=found.get("variations"),
        **manner,
    )
    return ParsedText(options=options, again="again" in flags)


def _once(word: str, said: set[str]) -> None:
    if word in said:
        raise UserError(f"“{word}” is there twice; say it once.")


def _number(word: str, number: str) -> int:
    try:
        if len(number) <= _LONGEST_NUMBER:
            return int(number.removesuffix("px"))
    except ValueError:
        raise UserError(f"After “{word}” comes a number, for example `{word} {_EXAMPLES[word]}`.") from None
    raise UserError(f"The number after “{word}” is too large.")
