"""Turn unfinished latents into a small preview picture."""

import io

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image
from torch import Tensor

from engine.planning.region import CELL, LatentRegion

MAX_SIDE = 256
"""Pixels; a preview travels in a notice on the bus."""
JPEG_QUALITY = 80
MAX_FIT_CELLS = 2048
"""Known cells that colours are fitted on; more make no difference to a few coefficients per colour."""
RIDGE_PENALTY = 1e-3
"""Regularises the fit, which has no unique solution where everything known is of one colour."""


class Preview:
    """Makes previews of one increment: the canvas, with colours that are linear in the latents.

    The linear map is fitted to the picture's own known latents and colours, so that it works for any VAE and
    costs one product of small matrices. (Decoding every step would take longer than the step.)
    """

    def __init__(self, region: LatentRegion, known: Tensor) -> None:
        """`known` are the latents (1, channels, height, width) of the region, valid where it is known."""
        height, width = region.pixels.shape[:2]
        self._ratio = max(1.0, max(height, width) / MAX_SIDE)
        size = (max(1, round(width / self._ratio)), max(1, round(height / self._ratio)))
        self._thumbnail = np.asarray(Image.fromarray(region.pixels).resize(size, Image.Resampling.BOX))
        self._pixels, self._cells = self._pair(region, size)
        self._colours = _fit(region, known)

    def jpeg(self, latents: Tensor) -> bytes:
        """Return a JPEG of at most 256 px a side."""
        rows, columns = self._cells
        values = latents[0][:, rows, columns].float().cpu().numpy().T
        picture = self._thumbnail.copy()
        painted = np.nan_to_num(values @ self._colours[:-1] + self._colours[-1])
        picture[self._pixels] = np.clip(painted, 0, 255).astype(np.uint8)
        file = io.BytesIO()
        Image.fromarray(picture).save(file, "JPEG", quality=JPEG_QUALITY)
        return file.getvalue()

    def _pair(
        self, region: LatentRegion, size: tuple[int, int]
    ) -> tuple[tuple[NDArray[np.int_], NDArray[np.int_]], tuple[Tensor, Tensor]]:
        """Return the unknown pixels of the thumbnail, and the latent cell for each."""
        box = region.box
        rows = _cells(size[1], self._ratio, box.top)
        columns = _cells(size[0], self._ratio, box.left)
        inside_rows = np.flatnonzero((rows >= 0) & (rows < region.unknown.shape[0]))
        inside_columns = np.flatnonzero((columns >= 0) & (columns < region.unknown.shape[1]))
        unknown = np.nonzero(region.unknown[np.ix_(rows[inside_rows], columns[inside_columns])])
        pixels = (inside_rows[unknown[0]], inside_columns[unknown[1]])
        return pixels, (torch.from_numpy(rows[pixels[0]]), torch.from_numpy(columns[pixels[1]]))


def _cells(length: int, ratio: float, start: int) -> NDArray[np.int_]:
    """Return the latent cell under each pixel of a thumbnail's axis, relative to a region's start."""
    centres = (np.arange(length) + 0.5) * ratio - start
    return np.floor(centres / CELL).astype(np.int_)


def _fit(region: LatentRegion, known: Tensor) -> NDArray[np.float64]:
    """Return the matrix (channels + 1, 3) from latents to colours, by ridge regression."""
    cells = np.flatnonzero(~region.unknown)
    cells = cells[:: max(1, len(cells) // MAX_FIT_CELLS)]
    rows, columns = np.unravel_index(cells, region.unknown.shape)
    inputs = known[0][:, torch.from_numpy(rows), torch.from_numpy(columns)].double().cpu().numpy().T
    inputs = np.column_stack((inputs, np.ones(len(inputs))))
    # One pixel per cell is enough: the fit averages over up to 2048 of them.
    centres = (region.box.top + rows * CELL + CELL // 2, region.box.left + columns * CELL + CELL // 2)
    colours = region.pixels[centres].astype(np.float64)
    normal = inputs.T @ inputs + RIDGE_PENALTY * np.eye(inputs.shape[1])
    return np.asarray(np.linalg.solve(normal, inputs.T @ colours))
