"""The options that several slash commands have alike."""

import inspect
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

from discord import app_commands

from pictures.geometry import LARGEST_SIDE
from pictures.recipe import LARGEST_SEED
from pictures.recipe.settings import MAX_PROMPT_LENGTH, MAX_VARIATIONS

Command = TypeVar("Command", bound=Callable[..., Coroutine[Any, Any, None]])

Side = app_commands.Range[int, 0, LARGEST_SIDE]
Prompt = app_commands.Range[str, 0, MAX_PROMPT_LENGTH]
Seed = app_commands.Range[int, -1, LARGEST_SEED]
Variations = app_commands.Range[int, 1, MAX_VARIATIONS]
TileSize = app_commands.Range[int, 8, 512]
Format = app_commands.Range[str, 3, 12]

DESCRIPTIONS = {
    "prompt": "What to paint there",
    "seed": "The same seed paints the same picture; -1 or none draws one",
    "variations": "How many pictures, with seeds seed, seed + 1, …",
    "infill": "What lies there before the model paints; all that a draft has",
    "tile_size": "Pixels a side of the tiles of that infill (32)",
    "exact": "Keep the sides as they are instead of rounding up to 64",
    "format": "The file to send: png, webp (lossless), jpeg, or with a quality: jpeg 85, webp 90",
}


def describe(**own: str) -> Callable[[Command], Command]:
    """Tell people what a command's own options mean; what the shared ones mean is in the table."""

    def described(command: Command) -> Command:
        shared = DESCRIPTIONS.keys() & inspect.signature(command).parameters
        return app_commands.describe(**{name: DESCRIPTIONS[name] for name in shared}, **own)(command)

    return described
