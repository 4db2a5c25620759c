"""The options of slash commands that say how a picture is to be painted."""

import functools
import inspect
from collections.abc import Callable, Coroutine
from typing import Any, Concatenate, ParamSpec, TypeAlias

import discord
from discord import app_commands

from bot.commands.shared import Prompt
from options.request import PaintRequest
from pictures.geometry import LARGEST_SIDE
from pictures.recipe.scheduler_names import SCHEDULER_NAMES, canonical_name
from pictures.recipe.settings import MAX_GUIDANCE, MAX_STEPS, MIN_STRENGTH

P = ParamSpec("P")

Interaction: TypeAlias = discord.Interaction[Any]
Ending: TypeAlias = Coroutine[Any, Any, None]

MOST_CHOICES = 25
"""That Discord shows."""

DESCRIPTIONS = {
    "negative": "What not to paint",
    "steps": "More steps take longer and paint finer; none is the model's own number",
    "guidance": "How closely to follow the prompt; none is the model's own",
    "strength": "How far to leave what lies there before the model paints; none is the model's own",
    "scheduler": "The noise scheduler (sampler), in anybody's spelling",
    "seam_size": "Pixels of the original to repaint along its edge; none keeps the original as it is",
    "seam_blur": "Pixels over which that band fades",
    "seam_strength": "How far that band leaves what lies there (0.7)",
    "seam_steps": "Steps for that band (10)",
    "increment": "Pixels that a side grows at once; none is the model's own number",
    "context": "Known pixels beside the new ones that the model sees; none is the model's own number",
    "bleed": "Pixels under the original that the model may paint anew before it is put back on top (0)",
    "guide": "Paint the whole small first, so that a large extension is one composition (experimental)",
}

Strength = app_commands.Range[float, MIN_STRENGTH, 1.0]
Steps = app_commands.Range[int, 1, MAX_STEPS]
Reach = app_commands.Range[int, 64, LARGEST_SIDE]


def manner_of(  # noqa: PLR0917 - one for each option of a command
    negative: Prompt | None = None,
    steps: Steps | None = None,
    guidance: app_commands.Range[float, 0.0, float(MAX_GUIDANCE)] | None = None,
    strength: Strength | None = None,
    scheduler: app_commands.Range[str, 1, 60] | None = None,
    seam_size: app_commands.Range[int, 0, 512] | None = None,
    seam_blur: app_commands.Range[int, 0, 128] | None = None,
    seam_strength: Strength | None = None,
    seam_steps: Steps | None = None,
    increment: Reach | None = None,
    context: Reach | None = None,
    bleed: app_commands.Range[int, 0, 256] | None = None,
    guide: bool | None = None,
) -> PaintRequest:
    """Return what these options say; its signature is the one that Discord is shown."""
    return PaintRequest(
        negative=negative,
        steps=steps,
        guidance=guidance,
        strength=strength,
        scheduler=scheduler,
        seam_size=seam_size,
        seam_blur=seam_blur,
        seam_strength=seam_strength,
        seam_steps=seam_steps,
        increment=increment,
        context=context,
        bleed=bleed,
        guide=guide,
    )


def with_manner(
    *, without: tuple[str, ...] = ()
) -> Callable[
    [Callable[Concatenate[PaintRequest, Interaction, P], Ending]],
    Callable[Concatenate[Interaction, P], Ending],
]:
    """Give a command these options after its own: it gets a PaintRequest before what Discord hands over.

    `without` leaves some out: Discord allows a command 25 options.
    """
    signature = inspect.signature(manner_of)
    more = [option for option in signature.parameters.values() if option.name not in without]

    def extended(
        command: Callable[Concatenate[PaintRequest, Interaction, P], Ending],
    ) -> Callable[Concatenate[Interaction, P], Ending]:
        @functools.wraps(command)
        async def callback(interaction: Interaction, /, *rest: P.args, **said: P.kwargs) -> None:
            manner = manner_of(**{option.name: said.pop(option.name) for option in more})  # type: ignore[arg-type]
            await command(manner, interaction, *rest, **said)

        own = list(inspect.signature(command).parameters.values())[1:]
        callback.__signature__ = inspect.Signature([*own, *more])  # type: ignore[attr-defined]
        described = app_commands.describe(**{option.name: DESCRIPTIONS[option.name] for option in more})
        return app_commands.autocomplete(scheduler=schedulers_like)(described(callback))

    return extended


async def schedulers_like(_interaction: Interaction, typed: str) -> list[app_commands.Choice[str]]:
    """Return the schedulers that fit what has been typed, in our spelling or another program's."""
    meant = canonical_name(typed)
    fitting = [name for name in SCHEDULER_NAMES if typed.lower() in name or name == meant]
    return [app_commands.Choice(name=name, value=name) for name in fitting[:MOST_CHOICES]]
