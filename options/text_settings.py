"""Find settings among the words of a message, by the rows of the option table."""

import re
from enum import StrEnum
from functools import cache
from typing import Any

from options.errors import UserError
from options.option import Group, Option, OptionTable, Where
from options.table import OPTIONS
from pictures.errors import PictureError
from pictures.output_format import OutputFormat
from pictures.recipe.scheduler_names import canonical_name

# Up to four words, as in "DPM++ 2M SDE Karras"; _longest_name gives back those too many.
_SCHEDULER = re.compile(
    r"\b(?:scheduler|sampler)\b[\s:=]*(?P<name>(?:(?!(?:scheduler|sampler)\b)\S+[^\S\n]*){0,4})",
    re.IGNORECASE,
)

_FORMAT = re.compile(r"\bformat\b[\s:=]*(?P<value>[a-z]*(?:\s+(?:quality\s+)?\d{1,3}\b)?)", re.IGNORECASE)

_NUMBER = r"(?P<value>-?\d{1,12}(?:\.\d{1,9})?(?!\.?\d)(?:px)?)?"
"""Longer numbers mean nothing here, and shorter patterns cannot be made slow."""

_CHOICE = r"(?P<value>[a-z\d]*)"

_ON_OR_OFF = r"(?:(?P<value>off|no|false)\b|(?:on|yes|true)\b)?"

_QUOTED = re.compile(r"\s*\"(?P<text>[^\"]*)\"(?P<rest>.*)", re.DOTALL)
_PROMPT = re.compile(r"(?<!\w)(?:--)?(?:new_)?prompt\b\s*[:=]?", re.IGNORECASE)
_NEGATIVE = re.compile(r"(?<!\w)(?:--)?negative(?:[\s_]+prompt)?\b\s*[:=]?", re.IGNORECASE)
_NEGATIVE_WITHIN = re.compile(
    r"(?<!\w)(?:--negative(?:_prompt)?\b|negative(?:[\s_]+prompt)?\s*[:=])", re.IGNORECASE
)


def take_prompts(text: str) -> tuple[str, dict[str, str]]:
    """Return the text before the prompts, and those of `prompt` and `negative` that it has.

    Each goes on to the other one or to the end, or to its closing quotation mark. Inside a prompt the word
    "negative" is a word like any other, unless a colon follows it.
    """
    prompt, negative = _PROMPT.search(text), _NEGATIVE.search(text)
    if negative is not None and (prompt is None or negative.start() < prompt.start()):
        return _take("negative", text, negative, _PROMPT)
    return (text, {}) if prompt is None else _take("prompt", text, prompt, _NEGATIVE_WITHIN)


def take_settings(text: str, table: OptionTable = OPTIONS) -> tuple[str, dict[str, Any]]:
    """Return the text without the settings in it, and their values by the fields of PaintRequest.

    Raises UserError.
    """
    found: dict[str, Any] = {}

    def note(option: Option, value: object) -> str:
        if option.target in found:
            raise UserError("You gave “{name}” twice.", code="given_twice", name=option.name)
        found[option.target] = value
        return " "

    def take_scheduler(match: re.Match[str]) -> str:
        name, rest = _longest_name(match["name"].split())
        return f"{note(table['scheduler'], name)}{rest} "

    switch_pattern, words = _switches(table)
    # Switches become words first, as the patterns below know only words.
    text = switch_pattern.sub(lambda switch: f"{_word(switch, words)} ", text)
    text = _SCHEDULER.sub(take_scheduler, text)
    for option, pattern in _patterns(table):

        def take(match: re.Match[str], option: Option = option) -> str:
            return note(option, _value(table, option, match))

        text = pattern.sub(take, text)
    text = _FORMAT.sub(lambda match: note(_OUTPUT, _output(match["value"])), text)
    return text, found


_OUTPUT = Option(name="format", field="output", group=Group.OUTPUT, help="")


@cache
def _switches(table: OptionTable) -> tuple[re.Pattern[str], dict[str, str]]:
    """Return the pattern of the switches that work in a message, and the word that each stands for.

    A long one that is not in the table is a word already.
    """
    words = {
        switch.lstrip("-"): option.name if option.word is None else option.word
        for option in table.given_in(Where.TEXT)
        for switch in option.switches
    }
    short = "".join(word for word in words if len(word) == 1)
    # A digit may follow a short switch at once, as in -S42, but no letter.
    return re.compile(rf"(?<!\S)(?:-([{short}])(?=[\s\d-]|$)|--([A-Za-z_]+))"), words


def _word(switch: re.Match[str], words: dict[str, str]) -> str:
    name: str = switch[1] or switch[2]
    return words.get(name, name)


@cache
def _patterns(table: OptionTable) -> tuple[tuple[Option, re.Pattern[str]], ...]:
    """Return the options whose values are numbers, choices or yes and no, with what finds them.

    Longer names come first: “seam strength” is not “strength”. What extends the frame is read by
    options/text_parser.py and options/text_target.py.
    """
    patterns = []
    for option in sorted(table.given_in(Where.TEXT), key=lambda option: -len(option.name)):
        kind = table.kind(option)
        if kind is bool:
            value = _ON_OR_OFF if option.negatable else ""
        elif option.group is Group.FRAME or not isinstance(kind, type) or kind is str:
            continue
        else:
            value = _CHOICE if issubclass(kind, StrEnum) else _NUMBER
        names = "|".join(name.replace("_", r"[\s_-]") for name in (option.name, *option.aliases))
        # No letter may follow a name: "steps20" is "steps 20", and "stepsize" another word.
        found = rf"\b(?:{names})(?![^\W\d])[\s:=]*{value}"
        patterns.append((option, re.compile(found, re.IGNORECASE)))
    return tuple(patterns)


def _value(table: OptionTable, option: Option, match: re.Match[str]) -> object:
    kind, text = table.kind(option), (match.groupdict().get("value") or "").lower()
    if kind is bool:
        return not text  # with a value, it is “off”
    if issubclass(kind, StrEnum):
        return _choice(option, kind, text)
    number = text.removesuffix("px")
    if not number or (kind is int and "." in number):
        raise UserError(
            "“{name}” needs {kind}, for example `{name} {example}`.",
            code="number_expected",
            name=option.name,
            kind="a whole number" if kind is int else "a number",
            example=option.example,
        )
    return kind(number)


def _choice(option: Option, kind: type[StrEnum], text: str) -> StrEnum:
    try:
        return kind(text)
    except ValueError:
        raise UserError(
            "“{name}” needs one of {choices}, for example `{name} {example}`.",
            code="choice_expected",
            name=option.name,
            choices=", ".join(kind),
            example=option.example,
        ) from None


def _longest_name(words: list[str]) -> tuple[str, str]:
    """Return the scheduler that the first words name, as "DPM++ 2M Karras", and the other words."""
    if not words:
        raise UserError(
            "“scheduler” needs a name, for example `scheduler dpmpp-2m`.", code="scheduler_expected"
        )
    # The longest name wins: "DPM++ 2M Karras" begins with "DPM++ 2M".
    for count in range(len(words), 0, -1):
        name = " ".join(words[:count]).rstrip(",;.")
        if canonical_name(name):
            return name, " ".join(words[count:])
    return words[0], " ".join(words[1:])


def _output(words: str) -> OutputFormat | None:
    try:
        return OutputFormat.parse(words)
    except PictureError as error:
        raise UserError(
            "“format” needs a file format, for example `format jpeg 85`. {reason}",
            code="format_expected",
            reason=str(error),
        ) from error


def _take(name: str, text: str, start: re.Match[str], other: re.Pattern[str]) -> tuple[str, dict[str, str]]:
    head, rest = text[: start.start()], text[start.end() :]
    if quoted := _QUOTED.fullmatch(rest):
        more, others = take_prompts(quoted["rest"])
        return f"{head} {more}", {name: quoted["text"].strip()} | others
    end = other.search(rest)
    if end is None:
        return head, {name: rest.strip()}
    _, others = take_prompts(rest[end.start() :])
    return head, {name: rest[: end.start()].strip()} | others
