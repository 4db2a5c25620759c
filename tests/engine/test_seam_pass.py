"""A pass over the seam, after everything else."""

from collections.abc import Generator, Mapping
from dataclasses import dataclass, field

import numpy as np
import pytest

from engine.draft_painter import DraftPainter
from engine.outpaint import OutpaintResult, outpaint
from engine.painter import Canvas, Painter, ProgressCallback
from pictures.geometry import Outcrop, Size
from pictures.limits import Limits
from pictures.picture import Picture, Pixels
from pictures.recipe import Recipe, Seam
from pictures.recipe.settings import PaintSettings
from tests.engine.pictures import ignore_progress, natural, recipe

TOP = Outcrop(top=64)
SIZE = Size(width=80, height=100)
SEAM = Seam(size=16, blur=4, strength=0.4, steps=9)


@dataclass
class Brush:
    """Paints what is unknown in the colour of its pass, and leaves the rest; notes what it was given."""

    profile: str = "brush"
    settings: Mapping[str, str] = field(default_factory=dict)
    given: list[tuple[Canvas, PaintSettings, tuple[int, ...]]] = field(default_factory=list)

    def resolve(self, settings: PaintSettings) -> PaintSettings:
        return settings

    def paint(
        self, canvas: Canvas, settings: PaintSettings, seeds: tuple[int, ...], on_progress: ProgressCallback
    ) -> Generator[Pixels, None, None]:
        self.given.append((canvas, settings, seeds))
        for number in range(len(seeds)):
            for step in (1, 2, 3, 4):
                on_progress(4 * number + step, 4 * len(seeds))
            pixels = canvas.pixels.copy()
            pixels[canvas.mask] = 50 if canvas.prefilled else 200
            yield pixels


def painted(
    source: Picture,
    asked: Recipe,
    painter: Painter,
    *,
    variations: int = 1,
    on_progress: ProgressCallback = ignore_progress,
) -> list[OutpaintResult]:
    return list(
        outpaint(
            source,
            asked,
            variations=variations,
            painter=painter,
            limits=Limits(),
            on_progress=on_progress,
        )
    )


def with_seam(seam: Seam | None = SEAM, *, seed: int = 1) -> Recipe:
    settings = {
        **(seam.settings if seam else {}),
        "steps": 30,
        "guidance": 7.0,
        "increment": 64,
        "guide": True,
    }
    return recipe(TOP, seed=seed).model_copy(update=settings)


@pytest.mark.parametrize("alpha", [False, True], ids=["RGB", "RGBA"])
def test_only_the_band_is_painted_anew(alpha: bool) -> None:
    source, plain = natural(SIZE, alpha=alpha), with_seam(None)
    [before], [after] = painted(source, plain, Brush()), painted(source, with_seam(), Brush())
    changed = (before.picture.pixels != after.picture.pixels).any(axis=2)
    rows = np.flatnonzero(changed.any(axis=1))
    assert (rows[0], rows[-1] + 1) == (64 - 16, 64 + 16)
    assert np.array_equal(after.picture.pixels[64 + 16 :], source.pixels[16:])
    assert np.array_equal(before.picture.pixels[64:], source.pixels), "off, the original stays whole"
    assert np.array_equal(after.picture.pixels[64:, :, 3:], source.pixels[..., 3:]), "alpha stays"
    assert (after.picture.pixels[60:68, :, :3] == 50).all(), "the middle of the band is the second pass's"
    assert after.picture.icc == source.icc


def test_the_second_pass_goes_on_from_the_result_of_the_first() -> None:
    brush, source = Brush(), natural(SIZE)
    [result] = painted(source, with_seam(), brush)
    (_, first, _), (canvas, second, seeds) = brush.given
    assert first.seam == SEAM
    assert (second.strength, second.steps, second.guidance, second.prompt) == (0.4, 9, 7.0, first.prompt)
    assert (second.seam, second.increment, second.guide, second.bleed) == (None, None, False, 0)
    assert canvas.prefilled
    assert np.array_equal(canvas.pixels[64:], source.pixels)
    assert (canvas.pixels[:64] == 200).all()
    assert seeds == (result.recipe.seed,)


def test_the_recipe_says_that_there_was_one_and_paints_the_same_again() -> None:
    source = natural(SIZE)
    [first] = painted(source, with_seam(), Brush())
    assert first.recipe.seam == SEAM
    assert (first.recipe.steps, first.recipe.strength) == (30, None), "those of the first pass"
    [again] = painted(source, first.recipe, Brush())
    assert np.array_equal(again.picture.pixels, first.picture.pixels)
    assert again.recipe == first.recipe


def test_every_variation_has_its_own_with_its_own_seed() -> None:
    brush = Brush()
    painted(natural(SIZE), with_seam(seed=5), brush, variations=3)
    assert [seeds for _, _, seeds in brush.given] == [(5, 6, 7), (5,), (6,), (7,)]


@pytest.mark.parametrize("variations", [1, 3])
def test_progress_goes_on_to_the_end_over_both_passes(variations: int) -> None:
    told: list[float] = []
    painted(
        natural(SIZE),
        with_seam(),
        Brush(),
        variations=variations,
        on_progress=lambda done, total, preview=None: told.append(done / total),
    )
    assert told == sorted(told)
    assert told[-1] == 1
    # Progress counts in thousandths of a pass.
    assert told[3] == pytest.approx(0.5 / variations, abs=0.01), "the first painting is half of its share"


def test_a_painter_that_has_no_use_for_one_paints_none_and_says_none() -> None:
    source = natural(SIZE)
    [asked], [plain] = (
        painted(source, with_seam(), DraftPainter()),
        painted(source, recipe(TOP), DraftPainter()),
    )
    assert asked.recipe.seam is None
    assert np.array_equal(asked.picture.pixels, plain.picture.pixels)


@pytest.mark.parametrize(("steps", "strength"), [(1, 0.7), (10, 0.05), (1, 1.0), (10, 0.7)])
def test_however_weak_it_takes_a_step(steps: int, strength: float) -> None:
    brush = Brush()
    painted(natural(SIZE), with_seam(Seam(size=8, steps=steps, strength=strength)), brush)
    _, (_, settings, _) = brush.given
    assert settings.steps is not None
    assert settings.strength == strength
    assert int(settings.steps * strength) >= 1
    assert settings.steps == steps or int(steps * strength) < 1
