"""Carry a canvas from ring to ring."""

from dataclasses import replace

import numpy as np
import torch
from torch import Tensor

from engine.diffusion.denoising.increment_painter import IncrementPainter, SamplingParams
from engine.diffusion.pipelines.model import Model
from engine.diffusion.settings import ResolvedSettings
from engine.imaging.colour_match import match_colours
from engine.imaging.infill.methods import infilled
from engine.models.profiles import Profile
from engine.painter import Canvas
from engine.planning.batching import Batching
from engine.planning.latent_grid import pad_to_grid
from engine.planning.noise import noise
from engine.planning.planner import Increment, Planner, dilate
from engine.planning.region import CELL, LatentRegion
from pictures.geometry import Box
from pictures.picture import Mask, Pixels, Samples, rounded


class CanvasPainter:
    """One job's canvas, its plan, and how it is to be painted."""

    def __init__(self, canvas: Canvas, model: Model, profile: Profile, settings: ResolvedSettings) -> None:
        self._canvas = canvas
        self._model = model
        self._settings = settings
        self._sheet = pad_to_grid(canvas, cell=profile.multiple, least=profile.window)
        self._scale = profile.multiple // CELL
        planner = Planner(
            window=profile.window // profile.multiple,
            context=settings.context // profile.multiple,
            increment=settings.increment and settings.increment // profile.multiple,
            longest=profile.longest // profile.multiple,
            price=lambda size: profile.cost(size.times(self._scale)),
        )
        self._plan = planner(~self._sheet.cells(self._sheet.unknown), self._sheet.wanted)

    @property
    def rings(self) -> int:
        """How many increments the plan has."""
        return len(self._plan)

    def forwards(self, batching: Batching, *, guided: bool) -> int:
        """Return the forwards of one variation."""
        steps = len(self._strokes(0).schedule(self._model, cells=1).timesteps)
        return steps * sum(batching.forwards(each.windows, guided=guided) for each in self._plan)

    def paint(self, painter: IncrementPainter, seed: int, start: Pixels | None = None) -> Samples:
        """Return the canvas with its unknown part painted and its known pixels untouched.

        What is new has its fractions still, though later rings see earlier ones in 8 bits. `start` has the
        canvas's pixels with something to begin with in the unknown; infill by default.
        """
        pixels = self._sheet.lay(self._infilled(seed) if start is None else start)
        unknown = self._sheet.unknown.copy()
        # A canvas of floats would be the largest thing beside the model while that is at work.
        rings: list[tuple[Box, Mask, Samples]] = []
        for increment in self._plan:
            hidden = self._hidden(unknown, increment)
            place = self._place(pixels, hidden, increment)
            painted = painter.paint(place, self._strokes(seed))
            ring = unknown & self._pixels_of(increment.cells)
            new = ring[place.region.slices]
            blended = _blended(painted, place, hidden, new)
            pixels[place.region.slices][new] = rounded(blended)
            rings.append((place.region, new, blended))
            unknown &= ~ring
        samples = pixels.astype(np.float32)
        for region, new, blended in rings:
            samples[region.slices][new] = blended
        return samples[self._sheet.canvas.slices]

    def _infilled(self, seed: int) -> Pixels:
        """Return the canvas's pixels, plausible where unknown if the model will look there."""
        if self._canvas.begun or (self._model.fills and self._settings.strength == 1):
            return self._canvas.pixels
        return infilled(self._canvas, self._settings.infill, seed, self._settings.tile_size)

    def _strokes(self, seed: int) -> SamplingParams:
        def cells(place: LatentRegion) -> Tensor:
            top = (place.region.top - self._sheet.source.top) // CELL
            left = (place.region.left - self._sheet.source.left) // CELL
            drawn = noise(
                seed,
                rows=range(top, top + place.size.height),
                columns=range(left, left + place.size.width),
                channels=self._model.pipe.vae.config.latent_channels,
            )
            return torch.from_numpy(drawn[np.newaxis])

        return SamplingParams(
            scheduler=self._settings.scheduler,
            steps=self._settings.steps,
            strength=self._settings.strength,
            noise=cells,
            generator=torch.Generator().manual_seed(seed),
        )

    def _hidden(self, unknown: Mask, increment: Increment) -> Mask:
        """Return the pixels that the model is to paint: the unknown, and what it bleeds into.

        It does not bleed where a window would see nothing known then.
        """
        if not self._settings.bleed:
            return unknown
        hidden = unknown.copy()
        inside = self._sheet.canvas.slices
        hidden[inside] = dilate(unknown[inside], self._settings.bleed)
        for window in increment.windows:
            seen = window.times(self._sheet.cell).slices
            if hidden[seen].all():
                hidden[seen] = unknown[seen]
        return hidden

    def _place(self, pixels: Pixels, hidden: Mask, increment: Increment) -> LatentRegion:
        windows = [window.times(self._scale) for window in increment.windows]
        left, top = min(each.left for each in windows), min(each.top for each in windows)
        region = Box(
            left=left,
            top=top,
            width=max(each.right for each in windows) - left,
            height=max(each.bottom for each in windows) - top,
        )
        cells = self._sheet.cells(hidden).repeat(self._scale, axis=0).repeat(self._scale, axis=1)
        return LatentRegion(
            pixels=pixels,
            region=region.times(CELL),
            unknown=cells[region.slices],
            windows=tuple(replace(each, left=each.left - left, top=each.top - top) for each in windows),
        )

    def _pixels_of(self, cells: Mask) -> Mask:
        return cells.repeat(self._sheet.cell, axis=0).repeat(self._sheet.cell, axis=1)


def _blended(painted: Samples, place: LatentRegion, hidden: Mask, new: Mask) -> Samples:
    """Return what is new in a place, shape (pixels, 3), in the colours of what was shown to the model."""
    inside = place.region.slices
    seen = np.zeros_like(new)
    for window in place.windows:
        seen[window.times(CELL).slices] = True
    compared = Canvas(
        pixels=place.pixels[inside],
        mask=hidden[inside] | ~seen,
        source=Box(left=0, top=0, width=0, height=0),
    )
    return np.concatenate([matched[new[rows]] for rows, matched in match_colours(compared, painted)])
