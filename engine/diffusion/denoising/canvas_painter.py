"""Paint a canvas, increment after increment."""

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
    """One job's canvas with its plan and its settings."""

    def __init__(self, canvas: Canvas, model: Model, profile: Profile, settings: ResolvedSettings) -> None:
        self._canvas = canvas
        self._model = model
        self._settings = settings
        self._padded = pad_to_grid(canvas, cell=profile.multiple, min_side=profile.window)
        # A cell of the plan is one or, for Flux, 2×2 latent cells.
        self._scale = profile.multiple // CELL
        planner = Planner(
            window=profile.window // profile.multiple,
            context=settings.context // profile.multiple,
            increment=settings.increment and settings.increment // profile.multiple,
            max_side=profile.max_side // profile.multiple,
            cost=lambda size: profile.cost(size.scaled(self._scale)),
        )
        self._plan = planner(~self._padded.unknown_cells(self._padded.unknown), self._padded.to_paint)

    @property
    def increments(self) -> int:
        """How many increments the plan has."""
        return len(self._plan)

    def forward_passes(self, batching: Batching, *, uses_cfg: bool) -> int:
        """Return the forward passes of one variation."""
        steps = len(self._sampling_params(0).schedule(self._model, cells=1).timesteps)
        return steps * sum(
            batching.forward_passes(increment.windows, uses_cfg=uses_cfg) for increment in self._plan
        )

    def paint(self, painter: IncrementPainter, seed: int, start: Pixels | None = None) -> Samples:
        """Return the canvas with its unknown part painted and its known pixels untouched.

        New samples keep their fractions, though later increments see the earlier ones in 8 bits. `start` has
        the canvas's pixels with something to start from in the unknown part; infill by default.
        """
        pixels = self._padded.pad(self._infilled(seed) if start is None else start)
        unknown = self._padded.unknown.copy()
        # Only the new samples are kept as floats: a whole canvas of them would take more memory than anything
        # else but the model, while the model is at work.
        finished: list[tuple[Box, Mask, Samples]] = []
        for increment in self._plan:
            repainted = self._repainted(unknown, increment)
            region = self._region(pixels, repainted, increment)
            painted = painter.paint(region, self._sampling_params(seed))
            added = unknown & self._to_pixels(increment.cells)
            new = added[region.box.slices]
            samples = _matched(painted, region, repainted, new)
            pixels[region.box.slices][new] = rounded(samples)
            finished.append((region.box, new, samples))
            unknown &= ~added
        result = pixels.astype(np.float32)
        for box, new, samples in finished:
            result[box.slices][new] = samples
        return result[self._padded.canvas.slices]

    def _infilled(self, seed: int) -> Pixels:
        """Return the canvas's pixels, with an infill where unknown if the model will see it."""
        if self._canvas.prefilled or (self._model.is_inpainting and self._settings.strength == 1):
            return self._canvas.pixels
        return infilled(self._canvas, self._settings.infill, seed, self._settings.tile_size)

    def _sampling_params(self, seed: int) -> SamplingParams:
        def region_noise(region: LatentRegion) -> Tensor:
            top = (region.box.top - self._padded.source.top) // CELL
            left = (region.box.left - self._padded.source.left) // CELL
            drawn = noise(
                seed,
                rows=range(top, top + region.size.height),
                columns=range(left, left + region.size.width),
                channels=self._model.pipe.vae.config.latent_channels,
            )
            return torch.from_numpy(drawn[np.newaxis])

        return SamplingParams(
            scheduler=self._settings.scheduler,
            steps=self._settings.steps,
            strength=self._settings.strength,
            noise=region_noise,
            generator=torch.Generator().manual_seed(seed),
        )

    def _repainted(self, unknown: Mask, increment: Increment) -> Mask:
        """Return the pixels that the model paints: the unknown ones, and the known ones that they bleed into.

        They do not bleed where a window would be left without anything known.
        """
        if not self._settings.bleed:
            return unknown
        repainted = unknown.copy()
        inside = self._padded.canvas.slices
        repainted[inside] = dilate(unknown[inside], self._settings.bleed)
        for window in increment.windows:
            tile = window.scaled(self._padded.cell).slices
            if repainted[tile].all():
                repainted[tile] = unknown[tile]
        return repainted

    def _region(self, pixels: Pixels, repainted: Mask, increment: Increment) -> LatentRegion:
        windows = [window.scaled(self._scale) for window in increment.windows]
        left, top = min(window.left for window in windows), min(window.top for window in windows)
        box = Box(
            left=left,
            top=top,
            width=max(window.right for window in windows) - left,
            height=max(window.bottom for window in windows) - top,
        )
        unknown = self._padded.unknown_cells(repainted)
        unknown = unknown.repeat(self._scale, axis=0).repeat(self._scale, axis=1)
        return LatentRegion(
            pixels=pixels,
            box=box.scaled(CELL),
            unknown=unknown[box.slices],
            windows=tuple(
                replace(window, left=window.left - left, top=window.top - top) for window in windows
            ),
        )

    def _to_pixels(self, cells: Mask) -> Mask:
        return cells.repeat(self._padded.cell, axis=0).repeat(self._padded.cell, axis=1)


def _matched(painted: Samples, region: LatentRegion, repainted: Mask, new: Mask) -> Samples:
    """Return the new samples of a region, shape (pixels, 3), in the colours of what the model saw."""
    inside = region.box.slices
    in_window = np.zeros_like(new)
    for window in region.windows:
        in_window[window.scaled(CELL).slices] = True
    compared = Canvas(
        pixels=region.pixels[inside],
        mask=repainted[inside] | ~in_window,
        source=Box(left=0, top=0, width=0, height=0),
    )
    return np.concatenate([matched[new[rows]] for rows, matched in match_colours(compared, painted)])
