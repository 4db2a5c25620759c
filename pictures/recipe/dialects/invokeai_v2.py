"""The dialects of InvokeAI 1 and 2: `sd-metadata`, and the command lines `Dream` and `dream`."""

import re
from collections.abc import Mapping
from typing import Any

from pictures.recipe.foreign import ForeignRecipe
from pictures.recipe.untrusted import MAX_TEXT_LENGTH, as_number, as_text, get_path, json_object

METADATA = "sd-metadata"
COMMANDS = ("dream", "Dream")
"""In the order of InvokeAI's own importer."""

NAME = "InvokeAI 2"

_NEGATIVE = re.compile(r"\[([^\[\]]+)\]")
_FIRST_SWITCH = re.compile(r"\s--?[A-Za-z]")
"""Where the prompt of a command ends (ldm/invoke/args.py:207)."""

_SWITCH = re.compile(
    r"\s(?:-([sSWHCAf])|--(steps|seed|width|height|cfg_scale|sampler|strength))[\s=]{0,8}(\S{1,40})"
)
_LETTERS = {
    "s": "steps", "S": "seed", "W": "width", "H": "height", "C": "cfg_scale", "A": "sampler", "f": "strength",
}  # fmt: skip
_MAX_COMMAND_LENGTH = 2 * MAX_TEXT_LENGTH


def read_metadata(texts: Mapping[str, str]) -> ForeignRecipe | None:
    """Read `sd-metadata`; of a grid, the first picture."""
    fields = json_object(texts.get(METADATA))
    if fields is None:
        return None
    image = fields.get("image")
    images = fields.get("images")
    if not isinstance(image, dict) and isinstance(images, list) and images:
        image = images[0]
    model = fields.get("model_weights") or fields.get("model_id") or fields.get("model")
    return _recipe(_prompt(get_path(image, "prompt")), image if isinstance(image, dict) else {}, model)


def read_command(texts: Mapping[str, str]) -> ForeignRecipe | None:
    """Read the command that made the picture: `"a cat" -s50 -S42`, or `a cat -s 50 -S 42`."""
    line = next((texts[keyword] for keyword in COMMANDS if keyword in texts), None)
    if line is None:
        return None
    line = f" {line[:_MAX_COMMAND_LENGTH].strip()}"
    prompt, rest = _split(line)
    switches: dict[str, str] = {}
    for match in _SWITCH.finditer(rest):
        switches.setdefault(_LETTERS.get(match[1] or "", match[2]), match[3])
    return _recipe(prompt, switches, None)


def _recipe(prompt: str, fields: Mapping[str, Any], model: object) -> ForeignRecipe | None:
    positive, negative = _split_negative(prompt)
    strength = fields.get("strength")
    return ForeignRecipe.of(
        NAME,
        prompt=positive,
        negative=negative,
        seed=fields.get("seed"),
        steps=fields.get("steps"),
        guidance=fields.get("cfg_scale"),
        scheduler=fields.get("sampler"),
        strength=strength,
        model=model,
        width=fields.get("width"),
        height=fields.get("height"),
    )


def _prompt(fields: object) -> str:
    """Return a prompt as it was typed, from text or from a list of parts with weights."""
    if not isinstance(fields, list):
        return as_text(fields) or as_text(get_path(fields, "prompt")) or ""
    parts = [
        (text, as_number(get_path(part, "weight"), -1000, 1000))
        for part in fields[:MAX_TEXT_LENGTH]
        if (text := as_text(get_path(part, "prompt") if isinstance(part, dict) else part))
    ]
    if len(parts) == 1:
        return parts[0][0]
    return " ".join(text if weight is None else f"{text}:{weight:g}" for text, weight in parts)


def _split(line: str) -> tuple[str, str]:
    quoted = re.match(r'\s"((?:[^"\\]|\\.)*)"', line)
    if quoted:
        return re.sub(r"\\(.)", r"\1", quoted[1]), line[quoted.end() :]
    switches = _FIRST_SWITCH.search(line)
    return (line[: switches.start()], line[switches.start() :]) if switches else (line, "")


def _split_negative(prompt: str) -> tuple[str, str]:
    """Return the prompt without its parts in [brackets], and those parts: the negative prompt."""
    prompt = prompt[:MAX_TEXT_LENGTH]
    negatives = [part.strip().strip(",") for part in _NEGATIVE.findall(prompt)]
    positive = " ".join(_NEGATIVE.sub(" ", prompt).split())
    return positive, ", ".join(part for part in negatives if part)
