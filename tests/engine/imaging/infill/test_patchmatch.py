"""Continuing a picture with patches of itself."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from engine.imaging.canvas import place_on_canvas
from engine.imaging.infill.methods import infilled
from engine.painter import Canvas
from pictures.geometry import Outcrop, Size
from pictures.picture import Mask, Picture, Pixels
from pictures.recipe import Infill
from tests.engine.pictures import MAGENTA, natural

masks = arrays.arrays(np.bool_, st.tuples(st.integers(1, 60), st.integers(1, 60))).filter(
    lambda mask: not mask.all()
)


def filled(source: Picture, outcrop: Outcrop, *, seed: int = 1) -> Pixels:
    canvas = place_on_canvas(source, outcrop)
    canvas.pixels[canvas.mask] = MAGENTA
    return infilled(canvas, Infill.PATCHMATCH, seed)


def with_hole(source: Picture, mask: Mask) -> Canvas:
    pixels = source.pixels.copy()
    pixels[mask] = MAGENTA
    return Canvas(pixels=pixels, mask=mask, source=source.size.box)


def noise(size: Size) -> Picture:
    rng = np.random.default_rng(5)
    return Picture(pixels=rng.integers(60, 200, (size.height, size.width, 3), np.uint8))


@pytest.mark.parametrize(
    ("width", "height", "outcrop"),
    [
        (1, 1, Outcrop(top=64, right=64, bottom=64, left=64)),
        (1, 1, Outcrop(left=1)),
        (2, 2, Outcrop(right=300)),
        (1, 500, Outcrop(top=128)),
        (500, 1, Outcrop(top=65)),
        (7, 90, Outcrop(top=64, left=64)),
        (128, 7, Outcrop(top=64)),
        (16, 16, Outcrop(bottom=1024)),
        (96, 64, Outcrop(top=128, right=64)),
    ],
)
def test_all_of_the_new_area_is_painted_and_the_known_kept(width: int, height: int, outcrop: Outcrop) -> None:
    source = noise(Size(width=width, height=height))
    pixels = filled(source, outcrop)
    assert np.array_equal(pixels[outcrop.known_box(source.size).slices], source.pixels)
    assert not (pixels == MAGENTA).all(axis=2).any()
    assert not (pixels == 0).all(axis=2).any()


@pytest.mark.parametrize("level", [0, 1, 128, 255])
def test_a_flat_picture_stays_flat(level: int) -> None:
    source = Picture(pixels=np.full((40, 50, 3), level, np.uint8))
    pixels = filled(source, Outcrop(top=64, left=64))
    assert (pixels == level).all()


def test_new_colours_are_the_old_ones_and_continue_them() -> None:
    source = natural(Size(width=128, height=128))
    above = filled(source, Outcrop(top=64))
    steps = abs(np.diff(above.astype(int), axis=0)).mean(axis=(1, 2))
    assert steps[63] <= 2 * steps[64:].mean()
    assert source.pixels.min() <= above.min()
    assert above.max() <= source.pixels.max()


def test_each_side_is_filled_the_same_way_when_the_picture_is_turned() -> None:
    source = natural(Size(width=80, height=70))
    above = filled(source, Outcrop(top=64))
    turned = Picture(pixels=np.ascontiguousarray(np.rot90(source.pixels, -1)))
    assert np.array_equal(np.rot90(filled(turned, Outcrop(right=64))), above)


def test_the_seed_decides_also_when_threads_paint_at_once() -> None:
    source = natural(Size(width=70, height=70))
    outcrop = Outcrop(top=64)
    alone = [filled(source, outcrop, seed=seed) for seed in range(4)]
    with ThreadPoolExecutor(4) as threads:
        together = list(threads.map(lambda seed: filled(source, outcrop, seed=seed % 4), range(12)))
    assert len({pixels.tobytes() for pixels in alone}) == 4
    for number, pixels in enumerate(together):
        assert np.array_equal(pixels, alone[number % 4])


@given(mask=masks)
@settings(max_examples=30, deadline=None)
def test_any_mask_is_painted_whole_and_the_known_kept(mask: Mask) -> None:
    source = noise(Size(width=mask.shape[1], height=mask.shape[0]))
    pixels = infilled(with_hole(source, mask), Infill.PATCHMATCH, 1)
    assert np.array_equal(pixels[~mask], source.pixels[~mask])
    assert not (pixels == MAGENTA).all(axis=2).any()
    assert not (pixels == 0).all(axis=2).any()


def test_a_hole_is_continued_from_all_around() -> None:
    source = natural(Size(width=160, height=160))
    mask = np.zeros((160, 160), np.bool_)
    mask[60:100, 50:110] = True
    pixels = infilled(with_hole(source, mask), Infill.PATCHMATCH, 1).astype(int)
    steps = abs(np.diff(pixels, axis=0)).mean(axis=2)
    assert steps[59, 50:110].mean() <= 2 * steps[:59].mean()
    assert steps[99, 50:110].mean() <= 2 * steps[100:].mean()


def test_a_hole_larger_than_a_piece_is_filled_from_its_edge() -> None:
    source = natural(Size(width=700, height=700))
    mask = np.zeros((700, 700), np.bool_)
    mask[40:660, 40:660] = True
    pixels = infilled(with_hole(source, mask), Infill.PATCHMATCH, 1)
    assert np.array_equal(pixels[~mask], source.pixels[~mask])
    assert not (pixels == MAGENTA).all(axis=2).any()
    assert not (pixels == 0).all(axis=2).any()


def test_what_lies_far_from_a_hole_does_not_matter() -> None:
    small = natural(Size(width=400, height=300))
    mask = np.zeros((300, 400), np.bool_)
    mask[140:160, 140:170] = True
    wide = Picture(pixels=np.pad(small.pixels, ((0, 900), (0, 700), (0, 0)), mode="edge"))
    alone = infilled(with_hole(small, mask), Infill.PATCHMATCH, 1)
    inside = infilled(with_hole(wide, np.pad(mask, ((0, 900), (0, 700)))), Infill.PATCHMATCH, 1)
    assert np.array_equal(inside[:300, :400], alone)


def test_a_transparent_frame_and_new_sides_are_one_border() -> None:
    source = natural(Size(width=80, height=70))
    canvas = place_on_canvas(source, Outcrop(top=40, left=30))
    framed = with_hole(Picture(pixels=canvas.pixels), canvas.mask)
    assert np.array_equal(infilled(framed, Infill.PATCHMATCH, 1), infilled(canvas, Infill.PATCHMATCH, 1))
