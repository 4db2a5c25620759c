"""What a person may ask for, whichever way they say it."""

import secrets
import unicodedata
from typing import Self

from pydantic import BaseModel, ConfigDict

from bot.errors import Refused
from bus.jobs import MOST_VARIATIONS
from pictures.geometry import Outcrop
from pictures.recipe import LARGEST_SEED, Recipe

LONGEST_PROMPT = 2000
"""Characters; past this no text encoder reads on, and one Discord message ends."""


class Options(BaseModel):
    """What a person may ask for; None = not said."""

    model_config = ConfigDict(frozen=True)

    sides: Outcrop = Outcrop()
    exact: bool = False
    """Keep the sides as they are; otherwise they are rounded up to 64."""
    prompt: str | None = None
    seed: int | None = None
    variations: int | None = None

    def checked(self) -> Self:
        """Return the options with a clean prompt; raises NothingToPaint or Refused with a sentence."""
        self.sides.check()
        if self.seed is not None and not -1 <= self.seed <= LARGEST_SEED:
            raise Refused(f"The seed goes from 0 to {LARGEST_SEED}; -1 draws one.")
        if self.variations is not None and not 1 <= self.variations <= MOST_VARIATIONS:
            raise Refused(f"Ask for 1 to {MOST_VARIATIONS} variations.")
        if self.prompt is None:
            return self
        prompt = clean(self.prompt)
        if len(prompt) > LONGEST_PROMPT:
            raise Refused(
                f"The prompt has {len(prompt)} characters; {LONGEST_PROMPT} is the most. Please shorten it."
            )
        return self.model_copy(update={"prompt": prompt})

    def changed_by(self, said: Self) -> Self:
        """Return these options with what was said anew in place of what was said before.

        New sides are exact only if that is said anew; "exact" alone keeps the old sides exact.
        """
        anew = {name: value for name, value in said if name not in ("sides", "exact") and value is not None}
        if said.sides:
            anew["sides"] = said.sides
        if said.sides or said.exact:
            anew["exact"] = said.exact
        return self.model_copy(update=anew)

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

    def recipe(self, *, source_sha256: str, painter: str) -> Recipe:
        """Return the recipe to paint by, with a seed drawn if none was given."""
        seed = self.seed if self.seed is not None and self.seed >= 0 else secrets.randbelow(LARGEST_SEED + 1)
        return Recipe(
            sides=self.outcrop,
            seed=seed,
            prompt=self.prompt or "",
            painter=painter,
            source_sha256=source_sha256,
        )


def clean(prompt: str) -> str:
    """Return the prompt without control characters, with runs of white space made one space."""
    printable = ("\N{SPACE}" if unicodedata.category(char) in ("Cc", "Zl", "Zp") else char for char in prompt)
    return " ".join("".join(printable).split())
