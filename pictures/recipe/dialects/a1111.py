"""The dialect of A1111, Forge and SD.Next: `parameters`, or EXIF's UserComment."""

import json
import re
from collections.abc import Mapping

from pictures.recipe.foreign import ForeignRecipe
from pictures.recipe.metadata import USER_COMMENT
from pictures.recipe.recipe import Recipe
from pictures.recipe.scheduler_names import for_a1111
from pictures.recipe.untrusted import MAX_TEXT_LENGTH

KEYWORD = "parameters"
NAME = "A1111"

_NEGATIVE = "Negative prompt:"
_MIN_SETTINGS = 3
"""A last line with fewer is part of the prompt (modules/infotext_utils.py)."""

_SETTING = re.compile(r'(\w[\w \-/]{1,60}):\s{0,8}("(?:\\.|[^\\"])+"|[^,]*)(?:,|$)')
"""A1111's own pattern, with bounded repeats so that no text takes quadratic time."""

_MAX_LINE_LENGTH = 2**16
_MAX_PARAMETERS_LENGTH = 4 * MAX_TEXT_LENGTH + _MAX_LINE_LENGTH
_SIZE = re.compile(r"(\d{1,6})x(\d{1,6})")


def read(texts: Mapping[str, str]) -> ForeignRecipe | None:
    """Read the parameters; a UserComment, which other software writes too, only if it has settings."""
    text = texts.get(KEYWORD) or texts.get(USER_COMMENT) or ""
    prompt, negative, settings = _split(text[:_MAX_PARAMETERS_LENGTH])
    if text.lstrip().startswith("{") or not (settings or KEYWORD in texts):
        return None  # Fooocus and SwarmUI write JSON under the same keyword
    size = _SIZE.fullmatch(settings.get("Size", ""))
    return ForeignRecipe.of(
        NAME,
        prompt=prompt,
        negative=negative,
        seed=settings.get("Seed"),
        steps=settings.get("Steps"),
        guidance=settings.get("Distilled CFG Scale") or settings.get("CFG scale"),
        scheduler=settings.get("Sampler"),
        schedule=settings.get("Schedule type"),
        strength=settings.get("Denoising strength"),
        model=settings.get("Model"),
        width=size and size[1],
        height=size and size[2],
    )


def write(recipe: Recipe) -> str:
    """Return a recipe as A1111 would write it, without what is unknown."""
    size = recipe.canvas and f"{recipe.canvas.width}x{recipe.canvas.height}"
    settings = {
        "Steps": recipe.steps,
        "Sampler": recipe.scheduler and for_a1111(recipe.scheduler),
        "CFG scale": None if recipe.guidance is None else f"{recipe.guidance:g}",
        "Seed": recipe.seed,
        "Size": size,
        "Model hash": recipe.settings.get("model_hash"),
        "Model": recipe.model or recipe.painter,
        "Denoising strength": None if recipe.strength is None else f"{recipe.strength:g}",
        "Outcrop": recipe.area,
        "Version": f"outcrop {recipe.engine}" if recipe.engine else None,
    }
    known = ((name, value) for name, value in settings.items() if value is not None)
    return "\n".join((
        *([recipe.prompt] if recipe.prompt else []),
        *([f"{_NEGATIVE} {recipe.negative}"] if recipe.negative else []),
        ", ".join(f"{name}: {_quoted(str(value))}" for name, value in known),
    ))  # fmt: skip


def _split(text: str) -> tuple[str, str, Mapping[str, str]]:
    """Return the prompt, the negative prompt and the settings."""
    lines = text.strip().split("\n")
    settings: dict[str, str] = {}
    pairs = _SETTING.findall(lines[-1][:_MAX_LINE_LENGTH])
    if len(pairs) >= _MIN_SETTINGS:
        del lines[-1]
        for name, value in pairs:
            settings.setdefault(name, _unquoted(value.strip()))
    start = next((n for n, line in enumerate(lines) if line.strip().startswith(_NEGATIVE)), len(lines))
    negative = "\n".join(lines[start:]).strip().removeprefix(_NEGATIVE)
    return "\n".join(lines[:start]), negative, settings


def _quoted(value: str) -> str:
    return json.dumps(value, ensure_ascii=False) if any(char in value for char in ',:\n"') else value


def _unquoted(value: str) -> str:
    try:
        unquoted = json.loads(value) if value.startswith('"') else value
    except ValueError:
        return value
    return unquoted if isinstance(unquoted, str) else value
