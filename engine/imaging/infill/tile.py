"""Lay random tiles of the known into the unknown."""

import numpy as np

from engine.imaging.mask import touched_cells
from pictures.geometry import Box
from pictures.picture import Mask, Pixels

TILE_SIZE = 32
"""Pixels a side unless a person says otherwise (InvokeAI's `--tile_size`)."""


def tile_fill(mask: Mask, known: Box, tile_size: int, pixels: Pixels, seed: int) -> None:
    """Cover the mask with tiles cut from the known on a grid that begins at its corner.

    Where no whole tile is known, tiles are halved until there is one.
    """
    while not (whole := ~touched_cells(mask, tile_size, left=known.left, top=known.top, beyond=True)).any():
        tile_size = max(1, tile_size // 2)
    (rows, columns), (height, width) = whole.shape, mask.shape
    before = (-known.top % tile_size, -known.left % tile_size)
    after = (rows * tile_size - height - before[0], columns * tile_size - width - before[1])
    padded = np.pad(pixels, ((before[0], after[0]), (before[1], after[1]), (0, 0)))
    cells = padded.reshape(rows, tile_size, columns, tile_size, 3).swapaxes(1, 2)
    tiles = cells[whole]
    drawn = np.random.default_rng(seed).integers(len(tiles), size=(rows, columns))
    laid = tiles[drawn].swapaxes(1, 2).reshape(padded.shape)
    canvas = Box(left=before[1], top=before[0], width=width, height=height)
    np.copyto(pixels, laid[canvas.slices], where=mask[..., np.newaxis])
