"""Tiles of the known."""

import numpy as np
import pytest

from engine.imaging.canvas import place_on_canvas
from engine.imaging.infill.methods import infilled
from pictures.geometry import Outcrop
from pictures.picture import Picture
from pictures.recipe import Infill

TILES = np.arange(1, 7, dtype=np.uint8).reshape(2, 3)
"""Six tiles, each of one colour."""


@pytest.mark.parametrize("size", [8, 32, 33])
def test_the_unknown_is_whole_tiles_of_the_known(size: int) -> None:
    source = np.dstack([TILES.repeat(size, axis=0).repeat(size, axis=1)] * 3)
    canvas = place_on_canvas(Picture(pixels=source), Outcrop(top=2 * size, left=size, right=5))
    pixels = infilled(canvas, Infill.TILE, 3, size)
    for top in range(0, 4 * size, size):
        for left in range(0, 4 * size, size):
            tile = pixels[top : top + size, left : left + size]
            assert len(np.unique(tile)) == 1
            assert 1 <= tile.max() <= 6
    assert len(np.unique(pixels[: 2 * size])) > 2, "they are drawn"


@pytest.mark.parametrize(("width", "height"), [(1, 1), (7, 200), (200, 9)])
def test_a_picture_smaller_than_a_tile_gives_smaller_ones(width: int, height: int) -> None:
    source = Picture(pixels=np.full((height, width, 3), 9, np.uint8))
    pixels = infilled(place_on_canvas(source, Outcrop(bottom=50, left=20)), Infill.TILE, 1)
    assert (pixels == 9).all()
