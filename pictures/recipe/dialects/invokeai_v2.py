"""The dialects of InvokeAI 1 and 2: `sd-metadata`, and the command lines `Dream` and `dream`."""

import re
from collections.abc import Mapping
from typing import Any

from pictures.recipe.foreign import ForeignRecipe
from pictures.recipe.untrusted import LONGEST_WORDS, as_number, as_text, get_path, json_object

METADATA = "sd-metadata"
COMMANDS = ("dream", "Dream")
"""In the order of InvokeAI's own importer."""

NAME = "InvokeAI 2"

_NEGATIVE = re.compile(r"\[([^\[\]]+)\]")
_SWITCHES = re.compile(r"\s--?[A-Za-z]")
"""Where the prompt of a command ends (ldm/invoke/args.py:207)."""

_SWITCH = re.compile(
    r"\s(?:-([sSWHCAf])|--(steps|seed|width|height|cfg_scale|sampler|strength))[\s=]{0,8}(\S{1,40})"
)
_LETTERS = {
    "s": "steps", "S": "seed", "W": "width", "H": "height", "C": "cfg_scale", "A": "sampler", "f": "strength",
}  # fmt: skip
_LONGEST_COMMAND = 2 * LONGEST_WORDS


def read_metadata(texts: Mapping[str, str]) -> ForeignRecipe | None:
    """Read `sd-metadata`; of a grid, the first picture."""
    said = json_object(texts.get(METADATA))
    if said is None:
        return None
    image = said.get("image")
    images = said.get("images")
    if not isinstance(image, dict) and isinstance(images, list) and images:
        image = images[0]
    model = said.get("model_weights") or said.get("model_id") or said.get("model")
    return _found(_prompt(get_path(image, "prompt")), image if isinstance(image, dict) else {}, model)


def read_command(texts: Mapping[str, str]) -> ForeignRecipe | None:
    """Read the command that made the picture: `"a cat" -s50 -S42`, or `a cat -s 50 -S 42`."""
    line = next((texts[keyword] for keyword in COMMANDS if keyword in texts), None)
    if line is None:
        return None
    line = f" {line[:_LONGEST_COMMAND].strip()}"
    prompt, rest = _split(line)
    switches: dict[str, str] = {}
    for match in _SWITCH.finditer(rest):
        switches.setdefault(_LETTERS.get(match[1] or "", match[2]), match[3])
    return _found(prompt, switches, None)


def _found(prompt: str, said: Mapping[str, Any], model: object) -> ForeignRecipe | None:
    positive, negative = _split_negative(prompt)
    strength = said.get("strength")
    return ForeignRecipe.of(
        NAME,
        prompt=positive,
        negative=negative,
        seed=said.get("seed"),
        steps=said.get("steps"),
        guidance=said.get("cfg_scale"),
        scheduler=said.get("sampler"),
        strength=strength,
        model=model,
        width=said.get("width"),
        height=said.get("height"),
    )


def _prompt(said: object) -> str:
    """Return a prompt as it was typed: text, or a list of parts with their weights."""
    if not isinstance(said, list):
        return as_text(said) or as_text(get_path(said, "prompt")) or ""
    parts = [
        (text, as_number(get_path(part, "weight"), -1000, 1000))
        for part in said[:LONGEST_WORDS]
        if (text := as_text(get_path(part, "prompt") if isinstance(part, dict) else part))
    ]
    if len(parts) == 1:
        return parts[0][0]
    return " ".join(text if weight is None else f"{text}:{weight:g}" for text, weight in parts)


def _split(line: str) -> tuple[str, str]:
    quoted = re.match(r'\s"((?:[^"\\]|\\.)*)"', line)
    if quoted:
        return re.sub(r"\\(.)", r"\1", quoted[1]), line[quoted.end() :]
    switches = _SWITCHES.search(line)
    return (line[: switches.start()], line[switches.start() :]) if switches else (line, "")


def _split_negative(prompt: str) -> tuple[str, str]:
    """Return the prompt without the parts in [brackets], which are what is not wanted, and those parts."""
    prompt = prompt[:LONGEST_WORDS]
    unwanted = [part.strip().strip(",") for part in _NEGATIVE.findall(prompt)]
    wanted = " ".join(_NEGATIVE.sub(" ", prompt).split())
    return wanted, ", ".join(part for part in unwanted if part)
