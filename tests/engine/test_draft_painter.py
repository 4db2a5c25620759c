"""The draft painter."""

import numpy as np
import pytest

from engine.draft_painter import DraftPainter
from engine.errors import Cancelled
from engine.imaging.canvas import place_on_canvas
from engine.imaging.infill.methods import infilled
from engine.painter import Canvas, Painter
from pictures.geometry import Outcrop, Size
from pictures.recipe import Infill
from pictures.recipe.settings import PaintSettings
from tests.engine.pictures import ignore_progress, natural


@pytest.fixture
def canvas() -> Canvas:
    return place_on_canvas(natural(Size(width=96, height=80)), Outcrop(top=64, right=64))


def test_it_is_a_painter_and_says_what_its_results_depend_on() -> None:
    painter: Painter = DraftPainter()
    assert painter.profile == "draft"
    assert set(painter.settings) == {"patch_radius", "context"}


def test_it_wants_no_numbers_but_keeps_the_prompt() -> None:
    settings = PaintSettings(
        prompt="a lake", negative="people", steps=30, guidance=7.5, strength=1, scheduler="ddim"
    )
    assert DraftPainter().resolve(settings) == PaintSettings(prompt="a lake", infill=Infill.PATCHMATCH)


@pytest.mark.parametrize(
    ("asked", "used"),
    [
        (PaintSettings(infill=Infill.TILE), PaintSettings(infill=Infill.TILE, tile_size=32)),
        (PaintSettings(infill=Infill.TILE, tile_size=16), PaintSettings(infill=Infill.TILE, tile_size=16)),
        (PaintSettings(infill=Infill.MIRROR, tile_size=16), PaintSettings(infill=Infill.MIRROR)),
    ],
)
def test_it_says_which_infill_it_uses(asked: PaintSettings, used: PaintSettings) -> None:
    assert DraftPainter().resolve(asked) == used


@pytest.mark.parametrize("kind", Infill)
def test_it_paints_with_the_infill_that_was_asked_for(kind: Infill, canvas: Canvas) -> None:
    painter = DraftPainter()
    [painted] = painter.paint(canvas, painter.resolve(PaintSettings(infill=kind)), (3,), ignore_progress)
    assert np.array_equal(painted, infilled(canvas, kind, 3))


def test_each_seed_gives_its_own_picture_and_always_the_same(canvas: Canvas) -> None:
    first, second = DraftPainter().paint(canvas, PaintSettings(), (1, 2), ignore_progress)
    (again,) = DraftPainter().paint(canvas, PaintSettings(prompt="not looked at"), (2,), ignore_progress)
    assert not np.array_equal(first, second)
    assert np.array_equal(second, again)


def test_known_pixels_are_never_changed_nor_is_the_canvas(canvas: Canvas) -> None:
    before = canvas.pixels.copy()
    for pixels in DraftPainter().paint(canvas, PaintSettings(), (1, 2), ignore_progress):
        assert np.array_equal(pixels[~canvas.mask], before[~canvas.mask])
    assert np.array_equal(canvas.pixels, before)


def test_progress_counts_up_to_its_total(canvas: Canvas) -> None:
    heard: list[tuple[int, int]] = []

    def listen(done: int, total: int, preview: bytes | None = None) -> None:
        heard.append((done, total))

    list(DraftPainter().paint(canvas, PaintSettings(), (1, 2), listen))
    assert heard == [(1, 4), (2, 4), (3, 4), (4, 4)]


def test_a_cancel_passes_through_and_the_painter_paints_on(canvas: Canvas) -> None:
    painter = DraftPainter()
    calls = 0

    def cancel(done: int, total: int, preview: bytes | None = None) -> None:
        nonlocal calls
        calls += 1
        raise Cancelled

    with pytest.raises(Cancelled):
        list(painter.paint(canvas, PaintSettings(), (1, 2), cancel))
    assert calls == 1
    after = next(painter.paint(canvas, PaintSettings(), (1,), ignore_progress))
    fresh = next(DraftPainter().paint(canvas, PaintSettings(), (1,), ignore_progress))
    assert np.array_equal(after, fresh)
