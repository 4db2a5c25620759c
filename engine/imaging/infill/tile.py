"""Fill the unknown with random tiles of the known."""

import numpy as np

from engine.imaging.mask import touched_cells
from pictures.geometry import Box
from pictures.picture import Mask, Pixels

TILE_SIZE = 32
"""Pixels per side by default (InvokeAI's `--tile_size`)."""


def tile_fill(mask: Mask, known: Box, tile_size: int, pixels: Pixels, seed: int) -> None:
    """Cover the mask with tiles that are cut from the known, on a grid that starts at its corner.

    If no tile is known completely, tiles are halved until one is.
    """
    while not (
        known_tiles := ~touched_cells(mask, tile_size, left=known.left, top=known.top, outside=True)
    ).any():
        tile_size = max(1, tile_size // 2)
    (rows, columns), (height, width) = known_tiles.shape, mask.shape
    before = (-known.top % tile_size, -known.left % tile_size)
    after = (rows * tile_size - height - before[0], columns * tile_size - width - before[1])
    padded = np.pad(pixels, ((before[0], after[0]), (before[1], after[1]), (0, 0)))
    cells = padded.reshape(rows, tile_size, columns, tile_size, 3).swapaxes(1, 2)
    tiles = cells[known_tiles]
    drawn = np.random.default_rng(seed).integers(len(tiles), size=(rows, columns))
    filled = tiles[drawn].swapaxes(1, 2).reshape(padded.shape)
    canvas = Box(left=before[1], top=before[0], width=width, height=height)
    np.copyto(pixels, filled[canvas.slices], where=mask[..., np.newaxis])
