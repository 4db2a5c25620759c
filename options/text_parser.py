"""Read a request from the words of a message: "top 128 right 64 seed 42 prompt a meadow at dusk"."""

import re
from dataclasses import dataclass, fields

from options.errors import UserError
from options.option import OptionTable
from options.request import LONGEST_ECHO, PaintRequest
from options.table import OPTIONS
from options.text_settings import take_prompts, take_settings
from options.text_target import take_target
from pictures.geometry import Outcrop

SIDES = tuple(side.name for side in fields(Outcrop))

EXAMPLE = "Examples: `top 128 right 64`, `again`, `seed 42`, or `left 256 prompt a quiet harbour`."

# Any other character is a word by itself, so that the error can quote it.
_WORD = re.compile(r"-?\d+(?:px)?|[^\W\d_]+|\S", re.IGNORECASE)

_MAX_DIGITS = 12
"""Every number that means anything here is shorter."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ParsedText:
    """What a message asks for."""

    options: PaintRequest
    again: bool = False
    """Paint the same again with a new seed."""

    def __bool__(self) -> bool:
        return self.again or self.options != PaintRequest()


def parse(text: str, table: OptionTable = OPTIONS) -> ParsedText:
    """Return what a message asks for; raises UserError for a word that is not understood or given twice.

    Words are sides with pixels, `again`, the shapes and shifts of options/text_target.py, the rows of the
    option table, also as InvokeAI's switches, and `prompt` with all that follows.
    """
    head, prompts = take_prompts(text)
    head, settings = take_settings(head, table)
    head, target, shift = take_target(head)
    again = False
    sides: dict[str, int] = {}
    words = iter(word for word in _WORD.findall(head.lower()) if word not in ":=,;.!")
    for word in words:
        if word in SIDES:
            _check_first(word, given=word in sides)
            sides[word] = _pixels(word, next(words, ""))
        elif word == "again":
            _check_first(word, given=again)
            again = True
        else:
            raise UserError(
                "I did not understand “{word}”. {example}",
                code="word_not_understood",
                word=word[:LONGEST_ECHO],
                example=EXAMPLE,
            )
    options = table.request(
        sides=Outcrop(**sides),
        target=target,
        shift=shift,
        prompt=prompts.get("prompt") or None,
        negative=prompts.get("negative") or None,
        **settings,
    )
    return ParsedText(options=options, again=again)


def _check_first(word: str, *, given: bool) -> None:
    if given:
        raise UserError("You gave “{name}” twice.", code="given_twice", name=word)


def _pixels(side: str, number: str) -> int:
    try:
        # int() takes quadratic time, and refuses more than 4,300 digits with a ValueError.
        if len(number) <= _MAX_DIGITS:
            return int(number.removesuffix("px"))
    except ValueError:
        raise UserError(
            "“{name}” needs a number, for example `{name} 128`.", code="side_without_number", name=side
        ) from None
    raise UserError("The number after “{name}” is too large.", code="number_too_large", name=side)
