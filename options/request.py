"""What a person asks for, whichever way they say it."""

import secrets
import unicodedata
from collections.abc import Mapping
from typing import Annotated, Any, Self

from options.errors import UserError
from options.inheritance import describe_inherited, inherited_settings
from options.shift import Shift
from options.target import Target
from pictures.geometry import Box, Outcrop, Size, describe_area
from pictures.output_format import OutputFormat
from pictures.recipe import MAX_SEED, ForeignRecipe, Infill, Recipe
from pictures.recipe.scheduler_names import SCHEDULER_NAMES, canonical_name
from pictures.recipe.settings import MAX_PROMPT_LENGTH, MAX_VARIATIONS, PaintSettings, Range

RANDOM_SEED = -1
"""Asks for a random seed, also where the picture's recipe has one; so does any number below it."""

LONGEST_ECHO = 40
"""Characters of a wrong word that an error repeats."""


class PaintRequest(PaintSettings):
    """What a person asks for; None = not given."""

    holes: bool | None = None
    """Paint what is transparent, or what a mask marks."""
    invert_mask: bool | None = None
    """Paint what is black in the mask; it is merged into the picture once, when that is read."""
    sides: Outcrop = Outcrop()
    exact: bool = False
    """Do not round the sides up to 64."""
    target: Target | None = None
    """A shape to reach in place of sides."""
    shift: Shift | None = None
    """A way to move the picture in place of sides."""
    seed: Annotated[int | None, Range(RANDOM_SEED, MAX_SEED)] = None
    variations: Annotated[int | None, Range(1, MAX_VARIATIONS)] = None
    output: OutputFormat | None = None
    """The file that is sent; the history keeps the PNG."""

    def checked(self) -> Self:
        """Return the request with clean prompts and our name for the scheduler.

        Raises NothingToPaint or UserError, with a sentence.
        """
        self._check_shape()
        if self.output is not None:
            self.output.check()
        clean_request = self.model_copy(
            update={
                "prompt": None if self.prompt is None else clean(self.prompt),
                "negative": None if self.negative is None else clean(self.negative),
                "seed": None if self.seed is None else max(self.seed, RANDOM_SEED),
            }
        )
        if violation := clean_request.violation():
            raise UserError(violation.sentence, code=violation.code, **violation.values)
        self._check_dependent()
        return clean_request.model_copy(update={"scheduler": self._checked_scheduler()})

    def _check_shape(self) -> None:
        ways = [way for way in (self.sides or None, self.target, self.shift) if way is not None]
        if len(ways) > 1:
            raise UserError(
                "Choose one: sides, a shape (aspect, zoom or size), or a shift.", code="several_shapes"
            )
        if self.target is not None:
            self.target.check()
        # With holes to paint no side has to be given; each still has its maximum.
        elif self.holes:
            self.sides.check_bounds()
        elif self.shift is None:
            self.sides.check()

    def _check_dependent(self) -> None:
        """Raise UserError for a setting that has no effect without another one."""
        if self.seam_size is None and any((self.seam_blur, self.seam_strength, self.seam_steps)):
            raise UserError(
                "The seam is repainted only with a size, for example `seam_size 96`.",
                code="seam_without_size",
            )
        if self.tile_size is not None and self.infill is not Infill.TILE:
            raise UserError("“tile_size” needs the infill `tile`.", code="tile_size_without_tiles")

    def _checked_scheduler(self) -> str | None:
        """Return our name for the scheduler; raises UserError for one that no painter offers."""
        if self.scheduler is None:
            return None
        name = canonical_name(self.scheduler)
        if name in SCHEDULER_NAMES:
            return name
        raise UserError(
            "There is no scheduler “{given}”. Choose one of {names}.",
            code="unknown_scheduler",
            given=self.scheduler[:LONGEST_ECHO],
            names=", ".join(SCHEDULER_NAMES),
        )

    def fitted(self, source: Size) -> Self:
        """Return the request with the sides that a picture of this size needs; raises NothingToPaint."""
        way = self.target or self.shift
        if way is None:
            return self
        return self.model_copy(update={"sides": way.sides(source).check(), "exact": True})

    def kept(self, source: Size) -> Box | None:
        """Return the part of a picture that stays; None for all of it."""
        return self.shift.kept(source) if self.shift else None

    def changed_by(self, other: Self) -> Self:
        """Return this request with what another one gives in place of its own.

        New sides are exact only if the other says so; its "exact" alone makes the old sides exact.
        """
        shapes = ("sides", "target", "shift")
        update = {
            name: value for name, value in other if name not in (*shapes, "exact") and value is not None
        }
        if other.reframes:
            update |= {name: getattr(other, name) for name in shapes}
        if other.sides or other.exact:
            update["exact"] = other.exact
        if other.infill is not None:
            update["tile_size"] = other.tile_size  # the old one belonged to the old infill
        return self.model_copy(update=update)

    def __str__(self) -> str:
        return str(self.target or self.shift or describe_area(self.outcrop, holes=bool(self.holes)))

    @property
    def reframes(self) -> bool:
        """Whether the request says what becomes of a picture's frame."""
        return bool(self.sides or self.target or self.shift)

    @property
    def reshapes(self) -> bool:
        """Whether the request says which part of a picture is painted."""
        return self.reframes or bool(self.holes)

    @property
    def outcrop(self) -> Outcrop:
        """The sides that will be painted."""
        return self.sides if self.exact else self.sides.rounded()

    @property
    def rounding(self) -> str | None:
        """What rounding changed, in words: "top 100 → 128"; None for nothing."""
        changed = [
            f"{side} {given} → {painted}"
            for (side, given), (_, painted) in zip(self.sides, self.outcrop, strict=True)
            if given != painted
        ]
        return ", ".join(changed) or None

    def recipe(
        self, *, source_sha256: str, painter: str, embedded: Recipe | ForeignRecipe | None = None
    ) -> Recipe:
        """Return the recipe to paint by, with a random seed if none was given.

        What was not given comes from the recipe that the picture carries.
        """
        # randbelow leaves its bound out, and MAX_SEED is a seed too.
        seed = self.seed if self.seed is not None and self.seed >= 0 else secrets.randbelow(MAX_SEED + 1)
        recipe = Recipe(
            sides=self.outcrop,
            seed=seed,
            painter=painter,
            source_sha256=source_sha256,
            **self._given,
        )
        inherited = dict(inherited_settings(embedded, given=self.given))
        for text in {"prompt", "negative"} & inherited.keys():
            # Another program's prompt may be longer than ours, or have line breaks.
            inherited[text] = clean(inherited[text])[:MAX_PROMPT_LENGTH]
        return recipe.model_copy(update=inherited).descended_from(embedded)

    def note_on(self, embedded: Recipe | ForeignRecipe | None) -> str | None:
        """Return a sentence on what the recipe takes from the one that the picture carries."""
        return describe_inherited(embedded, inherited_settings(embedded, given=self.given))

    @property
    def given(self) -> frozenset[str]:
        """The names of the recipe's fields that the person gave."""
        return frozenset(self._given)

    @property
    def _given(self) -> Mapping[str, Any]:
        names = (*PaintSettings.model_fields, "holes")
        given = {name: getattr(self, name) for name in names if getattr(self, name) is not None}
        without_seam = {name: value for name, value in given.items() if not name.startswith("seam_")}
        return without_seam | (self.seam.settings if self.seam else {})


def clean(prompt: str) -> str:
    """Return the prompt without control characters, with runs of white space made one space."""
    # Control characters, and Unicode's separators of lines and paragraphs.
    printable = ("\N{SPACE}" if unicodedata.category(char) in ("Cc", "Zl", "Zp") else char for char in prompt)
    return " ".join("".join(printable).split())
