"""Show unfinished latents as a small picture."""

import io

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image
from torch import Tensor

from engine.planning.region import CELL, LatentRegion

LONGEST = 256
QUALITY = 80
MOST_CELLS = 2048
"""Known cells that the colours are fitted on; more make no difference to four numbers each."""
RIDGE = 1e-3
"""Keeps the fit tame where the known is all of one colour."""


class Preview:
    """Paints previews of one increment: the canvas with colours that follow the latents linearly.

    Which colours, the picture itself says: the map that best turns its known latents into its known colours.
    So it fits any VAE, and costs a product of small matrices.
    """

    def __init__(self, place: LatentRegion, known: Tensor) -> None:
        """`known` are the latents (1, channels, height, width) of the part, where it is known."""
        height, width = place.pixels.shape[:2]
        self._ratio = max(1.0, max(height, width) / LONGEST)
        size = (max(1, round(width / self._ratio)), max(1, round(height / self._ratio)))
        self._thumbnail = np.asarray(Image.fromarray(place.pixels).resize(size, Image.Resampling.BOX))
        self._at, self._cells = self._pair(place, size)
        self._colours = _fit(place, known)

    def jpeg(self, latents: Tensor) -> bytes:
        """Return a JPEG of at most 256 px a side."""
        rows, columns = self._cells
        values = latents[0][:, rows, columns].float().cpu().numpy().T
        picture = self._thumbnail.copy()
        painted = np.nan_to_num(values @ self._colours[:-1] + self._colours[-1])
        picture[self._at] = np.clip(painted, 0, 255).astype(np.uint8)
        file = io.BytesIO()
        Image.fromarray(picture).save(file, "JPEG", quality=QUALITY)
        return file.getvalue()

    def _pair(
        self, place: LatentRegion, size: tuple[int, int]
    ) -> tuple[tuple[NDArray[np.int_], NDArray[np.int_]], tuple[Tensor, Tensor]]:
        """Return the thumbnail's pixels that are unknown, and the latent cell for each."""
        region = place.region
        rows = _cells(size[1], self._ratio, region.top)
        columns = _cells(size[0], self._ratio, region.left)
        high = np.flatnonzero((rows >= 0) & (rows < place.unknown.shape[0]))
        wide = np.flatnonzero((columns >= 0) & (columns < place.unknown.shape[1]))
        unknown = np.nonzero(place.unknown[np.ix_(rows[high], columns[wide])])
        at = (high[unknown[0]], wide[unknown[1]])
        return at, (torch.from_numpy(rows[at[0]]), torch.from_numpy(columns[at[1]]))


def _cells(length: int, ratio: float, start: int) -> NDArray[np.int_]:
    """Return the latent cell under each pixel of a thumbnail's axis, counted from a region's start."""
    middles = (np.arange(length) + 0.5) * ratio - start
    return np.floor(middles / CELL).astype(np.int_)


def _fit(place: LatentRegion, known: Tensor) -> NDArray[np.float64]:
    """Return the matrix (channels + 1, 3) from latents to colours, by least squares."""
    cells = np.flatnonzero(~place.unknown)
    cells = cells[:: max(1, len(cells) // MOST_CELLS)]
    rows, columns = np.unravel_index(cells, place.unknown.shape)
    inputs = known[0][:, torch.from_numpy(rows), torch.from_numpy(columns)].double().cpu().numpy().T
    inputs = np.column_stack((inputs, np.ones(len(inputs))))
    # The middle of a cell stands for it: the fit averages over thousands.
    middles = (place.region.top + rows * CELL + CELL // 2, place.region.left + columns * CELL + CELL // 2)
    colours = place.pixels[middles].astype(np.float64)
    square = inputs.T @ inputs + RIDGE * np.eye(inputs.shape[1])
    return np.asarray(np.linalg.solve(square, inputs.T @ colours))
