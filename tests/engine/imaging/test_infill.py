"""Continuing a picture with patches of itself."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.imaging.canvas import place
from engine.imaging.infill import CONTEXT, DEEPEST, fill, strips
from pictures.geometry import Box, Outcrop, Size
from pictures.picture import Picture, Pixels
from tests.engine.pictures import MAGENTA, natural

sides = st.integers(0, 1024)
outcrops = st.builds(Outcrop, top=sides, right=sides, bottom=sides, left=sides)
sizes = st.builds(Size, width=st.integers(1, 300), height=st.integers(1, 300))


def filled(source: Picture, outcrop: Outcrop, *, seed: int = 1) -> Pixels:
    canvas = place(source, outcrop)
    pixels = canvas.pixels.copy()
    pixels[canvas.mask] = MAGENTA
    for strip in strips(outcrop.grow(source.size), canvas.source):
        fill(pixels, strip, seed)
    return pixels


def noise(size: Size) -> Picture:
    rng = np.random.default_rng(5)
    return Picture(pixels=rng.integers(60, 200, (size.height, size.width, 3), np.uint8))


@given(source=sizes, outcrop=outcrops)
@settings(max_examples=40, deadline=None)
def test_strips_cover_the_new_area_once_and_lean_on_what_is_known(source: Size, outcrop: Outcrop) -> None:
    size, known_box = outcrop.grow(source), outcrop.place(source)
    known = np.zeros((size.height, size.width), np.bool_)
    known[known_box.slices] = True
    for strip in strips(size, known_box):
        assert strip.crop.clip(size.box) == strip.crop
        crop = np.rot90(known[strip.crop.slices], strip.turns)
        assert 1 <= strip.depth <= DEEPEST
        assert 1 <= len(crop) - strip.depth <= CONTEXT
        assert not crop[: strip.depth].any()
        assert crop[strip.depth :].all()
        crop[: strip.depth] = True
    assert known.all()


def test_no_side_needs_no_strip() -> None:
    assert list(strips(Size(width=9, height=9), Box(left=0, top=0, width=9, height=9))) == []


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
    assert np.array_equal(pixels[outcrop.place(source.size).slices], source.pixels)
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
