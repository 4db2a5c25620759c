"""What a person may ask for, whichever way they say it."""

import secrets
import unicodedata
from typing import Self

from options.errors import UserError
from options.filling import Filling
from options.inheritance import describe_inherited, inherited_settings
from options.manner import Manner
from options.shift import Shift
from options.target import Target
from pictures.geometry import Box, Outcrop, Size, area
from pictures.output_format import OutputFormat
from pictures.recipe import LARGEST_SEED, ForeignRecipe, Recipe
from pictures.recipe.settings import MOST_VARIATIONS

LONGEST_PROMPT = 2000
"""Characters; past this no text encoder reads on, and one Discord message ends."""


class PaintRequest(Manner, Filling):
    """What a person may ask for; None = not said."""

    sides: Outcrop = Outcrop()
    exact: bool = False
    """Keep the sides as they are; otherwise they are rounded up to 64."""
    target: Target | None = None
    """A shape to reach in place of sides."""
    shift: Shift | None = None
    """A way to move the picture in place of sides."""
    prompt: str | None = None
    seed: int | None = None
    variations: int | None = None
    output: OutputFormat | None = None
    """The file that is sent; the history keeps the PNG."""

    def checked(self) -> Self:
        """Return the options with clean prompts and our name for the scheduler.

        Raises NothingToPaint or Refused with a sentence.
        """
        ways = [way for way in (self.sides or None, self.target, self.shift) if way is not None]
        if len(ways) > 1:
            raise UserError(
                "Ask for sides, for an aspect, zoom or size, or for a shift: one of them at a time."
            )
        if self.target is not None:
            self.target.check()
        elif self.holes:
            self.sides.check_bounds()
        elif self.shift is None:
            self.sides.check()
        if self.seed is not None and self.seed > LARGEST_SEED:
            raise UserError(f"The seed goes from 0 to {LARGEST_SEED}; a negative one draws one.")
        if self.variations is not None and not 1 <= self.variations <= MOST_VARIATIONS:
            raise UserError(f"Ask for 1 to {MOST_VARIATIONS} variations.")
        if self.output is not None:
            self.output.check()
        self.check_manner()
        self.check_filling()
        return self.model_copy(
            update={
                "prompt": _checked("prompt", self.prompt),
                "negative": _checked("negative prompt", self.negative),
                "scheduler": self.known_scheduler,
            }
        )

    def fitted(self, source: Size) -> Self:
        """Return the options with the sides that a picture of this size needs; raises NothingToPaint."""
        way = self.target or self.shift
        if way is None:
            return self
        return self.model_copy(update={"sides": way.sides(source).check(), "exact": True})

    def kept(self, source: Size) -> Box | None:
        """Return the part of a picture that stays; None for all of it."""
        return self.shift.kept(source) if self.shift else None

    def changed_by(self, said: Self) -> Self:
        """Return these options with what was said anew in place of what was said before.

        New sides are exact only if that is said anew; "exact" alone keeps the old sides exact.
        """
        ways = ("sides", "target", "shift")
        anew = {name: value for name, value in said if name not in (*ways, "exact") and value is not None}
        if said.reframes:
            anew |= {name: getattr(said, name) for name in ways}
        if said.sides or said.exact:
            anew["exact"] = said.exact
        if said.infill is not None:
            anew["tile_size"] = said.tile_size  # it belonged to the infill before
        return self.model_copy(update=anew)

    def __str__(self) -> str:
        return str(self.target or self.shift or area(self.outcrop, holes=bool(self.holes)))

    @property
    def reframes(self) -> bool:
        """Whether these options say what becomes of a picture's frame."""
        return bool(self.sides or self.target or self.shift)

    @property
    def reshapes(self) -> bool:
        """Whether these options say what of a picture is to be painted."""
        return self.reframes or bool(self.holes)

    @property
    def outcrop(self) -> Outcrop:
        """The sides that will be painted."""
        return self.sides if self.exact else self.sides.rounded()

    @property
    def rounding(self) -> str | None:
        """What the rounding changed, in words: "top 100 → 128"."""
        changed = [
            f"{side} {asked} → {painted}"
            for (side, asked), (_, painted) in zip(self.sides, self.outcrop, strict=True)
            if asked != painted
        ]
        return ", ".join(changed) or None

    def recipe(
        self, *, source_sha256: str, painter: str, carried: Recipe | ForeignRecipe | None = None
    ) -> Recipe:
        """Return the recipe to paint by, with a seed drawn if none was given.

        What was not said comes from the recipe that the picture carries.
        """
        seed = self.seed if self.seed is not None and self.seed >= 0 else secrets.randbelow(LARGEST_SEED + 1)
        recipe = Recipe(
            sides=self.outcrop,
            seed=seed,
            prompt=self.prompt or "",
            painter=painter,
            source_sha256=source_sha256,
            **self.wished,
            **self.filled,
        )
        taken = dict(inherited_settings(carried, said=self.said))
        for text in {"prompt", "negative"} & taken.keys():
            taken[text] = clean(taken[text])[:LONGEST_PROMPT]
        return recipe.model_copy(update=taken).descended_from(carried)

    def note_on(self, carried: Recipe | ForeignRecipe | None) -> str | None:
        """Say what a recipe takes from the one that the picture carries."""
        return describe_inherited(carried, inherited_settings(carried, said=self.said))

    @property
    def said(self) -> frozenset[str]:
        """The fields of a recipe that a person has said."""
        return frozenset(self.wished | self.filled) | ({"prompt"} if self.prompt is not None else set())


def _checked(name: str, text: str | None) -> str | None:
    if text is None or len(text := clean(text)) <= LONGEST_PROMPT:
        return text
    raise UserError(
        f"The {name} has {len(text)} characters; {LONGEST_PROMPT} is the most. Please shorten it."
    )


def clean(prompt: str) -> str:
    """Return the prompt without control characters, with runs of white space made one space."""
    printable = ("\N{SPACE}" if unicodedata.category(char) in ("Cc", "Zl", "Zp") else char for char in prompt)
    return " ".join("".join(printable).split())
