"""Find how a picture is to be painted among the words of a message."""

import re
from typing import Any

from options.errors import UserError
from pictures.errors import PictureError
from pictures.output_format import OutputFormat, output_said
from pictures.recipe import Infill
from pictures.recipe.scheduler_names import canonical_name

_SWITCHES = {
    "c": "", "outcrop": "", "D": "shift", "out_direction": "shift", "S": "seed", "s": "steps",
    "C": "guidance", "A": "scheduler", "f": "strength", "n": "variations", "I": "outpaint",
}  # fmt: skip
"""InvokeAI's switches in our words; any other long one is a word of ours already."""

_SWITCH = re.compile(r"(?<!\S)(?:-([cDSsCAfnI])(?=[\s\d-]|$)|--([A-Za-z_]+))")

_EXAMPLES = {
    "steps": "30", "guidance": "7.5", "strength": "0.8", "seam_size": "96", "seam_blur": "16",
    "seam_strength": "0.7", "seam_steps": "10", "increment": "128", "context": "256", "bleed": "16",
    "tile_size": "32",
}  # fmt: skip

_WHOLE = frozenset(_EXAMPLES) - {"guidance", "strength", "seam_strength"}

_NUMBER = re.compile(
    r"\b(?P<name>seam[\s_-](?:size|blur|strength|steps)|tile[\s_-]size|steps|guidance|cfg(?:_scale)?|strength|increment|context|bleed)\b"
    r"[\s:=]*(?P<value>-?\d{1,9}(?:\.\d{1,9})?(?!\.?\d)(?:px)?)?",
    re.IGNORECASE,
)

_SCHEDULER = re.compile(
    r"\b(?:scheduler|sampler)\b[\s:=]*(?P<name>(?:(?!(?:scheduler|sampler)\b)\S+[^\S\n]*){0,4})",
    re.IGNORECASE,
)

_GUIDE = re.compile(r"\bguide\b(?:[\s:=]*(?P<off>off|no|false)\b|[\s:=]*(?:on|yes|true)\b)?", re.IGNORECASE)

_INVERT_MASK = re.compile(r"\binvert[\s_-]mask\b", re.IGNORECASE)

_INFILL = re.compile(r"\binfill\b[\s:=]*(?P<kind>[a-z\d]*)", re.IGNORECASE)

_FORMAT = re.compile(r"\bformat\b[\s:=]*(?P<said>[a-z]*(?:\s+(?:quality\s+)?\d{1,3}\b)?)", re.IGNORECASE)

_QUOTED = re.compile(r"\s*\"(?P<text>[^\"]*)\"(?P<rest>.*)", re.DOTALL)
_PROMPT = re.compile(r"(?<!\w)(?:--)?(?:new_)?prompt\b\s*[:=]?", re.IGNORECASE)
_NEGATIVE = re.compile(r"(?<!\w)(?:--)?negative(?:[\s_]+prompt)?\b\s*[:=]?", re.IGNORECASE)
_NEGATIVE_WITHIN = re.compile(
    r"(?<!\w)(?:--negative(?:_prompt)?\b|negative(?:[\s_]+prompt)?\s*[:=])", re.IGNORECASE
)


def take_prompts(text: str) -> tuple[str, dict[str, str]]:
    """Return the text before the prompts, and `prompt` and `negative` as far as they are there.

    Each goes on to the other one or to the end, or to its closing quotation mark. Inside a prompt the word
    "negative" is a word like any other, unless a colon follows it.
    """
    prompt, negative = _PROMPT.search(text), _NEGATIVE.search(text)
    if negative is not None and (prompt is None or negative.start() < prompt.start()):
        return _take("negative", text, negative, _PROMPT)
    return (text, {}) if prompt is None else _take("prompt", text, prompt, _NEGATIVE_WITHIN)


def take_settings(text: str) -> tuple[str, dict[str, Any]]:
    """Return the text without what says how to paint, and that by its names in Options; raises Refused."""
    said: dict[str, Any] = {}

    def note(name: str, value: object) -> str:
        if name in said:
            raise UserError(f"“{name}” is there twice; say it once.")
        said[name] = value
        return " "

    def scheduler(match: re.Match[str]) -> str:
        name, rest = _longest_name(match["name"].split())
        note("scheduler", name)
        return f" {rest} "

    text = _SWITCH.sub(lambda switch: f"{_word(switch)} ", text)
    text = _SCHEDULER.sub(scheduler, text)
    text = _NUMBER.sub(lambda match: note(*_number(match)), text)
    text = _INFILL.sub(lambda match: note("infill", _infill(match["kind"].lower())), text)
    text = _FORMAT.sub(lambda match: note("output", _output(match["said"])), text)
    text = _INVERT_MASK.sub(lambda _: note("invert_mask", True), text)
    text = _GUIDE.sub(lambda match: note("guide", match["off"] is None), text)
    return text, said


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


def _word(switch: re.Match[str]) -> str:
    name = switch[1] or switch[2]
    return _SWITCHES.get(name, name)


def _longest_name(words: list[str]) -> tuple[str, str]:
    """Return the scheduler that the first words name, as "DPM++ 2M Karras", and the other words."""
    if not words:
        raise UserError("After “scheduler” comes its name, for example `scheduler dpmpp-2m`.")
    for count in range(len(words), 0, -1):
        name = " ".join(words[:count]).rstrip(",;.")
        if canonical_name(name):
            return name, " ".join(words[count:])
    return words[0], " ".join(words[1:])


def _infill(kind: str) -> Infill:
    try:
        return Infill(kind)
    except ValueError:
        raise UserError(
            f"After “infill” comes one of {', '.join(Infill)}, for example `infill tile`."
        ) from None


def _output(said: str) -> OutputFormat | None:
    try:
        return output_said(said)
    except PictureError as wrong:
        raise UserError(f"After “format” comes the kind of file, as in `format jpeg 85`. {wrong}") from wrong


def _number(match: re.Match[str]) -> tuple[str, float]:
    name = re.sub(r"[\s-]", "_", match["name"].lower())
    name = "guidance" if name.startswith("cfg") else name
    value = (match["value"] or "").lower().removesuffix("px")
    kind = "a whole number" if name in _WHOLE else "a number"
    if not value or (name in _WHOLE and "." in value):
        raise UserError(f"After “{name}” comes {kind}, for example `{name} {_EXAMPLES[name]}`.")
    return name, int(value) if name in _WHOLE else float(value)
