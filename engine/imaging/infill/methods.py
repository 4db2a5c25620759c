"""The infill methods (as in InvokeAI), by name."""

from collections.abc import Mapping
from functools import partial
from importlib.metadata import version

from engine.imaging.infill.mirror import mirror
from engine.imaging.infill.patchmatch import patchmatch_steps
from engine.imaging.infill.solid_and_noise import noise, solid
from engine.imaging.infill.step import Step
from engine.imaging.infill.telea import check_installed, opencv_version, telea
from engine.imaging.infill.tile import TILE_SIZE, tile_fill
from engine.imaging.mask import bounding_box
from engine.painter import Canvas
from pictures.picture import Pixels
from pictures.recipe import Infill

DEFAULT_INFILL = Infill.PATCHMATCH

_SINGLE_STEP = {Infill.CV2: telea, Infill.MIRROR: mirror, Infill.SOLID: solid, Infill.NOISE: noise}


def check_available(method: Infill) -> None:
    """Raise PaintingFailed for a method whose library is not installed."""
    if method is Infill.CV2:
        check_installed()


def library_versions(method: Infill | None) -> Mapping[str, str]:
    """Return the versions of the libraries that a method uses."""
    match method:
        case Infill.PATCHMATCH:
            return {"pypatchmatch": version("pypatchmatch")}
        case Infill.CV2:
            return {"opencv": opencv_version()}
        case _:
            return {}


def infill_steps(canvas: Canvas, method: Infill, tile_size: int | None = None) -> tuple[Step, ...]:
    """Return the steps that fill the unknown of a canvas, in order; none where nothing is known."""
    mask, known = canvas.mask, bounding_box(~canvas.mask)
    if known.empty or not mask.any():
        return ()
    if method is Infill.PATCHMATCH:
        return tuple(patchmatch_steps(mask, known))
    if method is Infill.TILE:
        return (partial(tile_fill, mask, known, tile_size or TILE_SIZE),)
    return (partial(_SINGLE_STEP[method], mask),)


def infilled(canvas: Canvas, method: Infill, seed: int, tile_size: int | None = None) -> Pixels:
    """Return a copy of the canvas's pixels with its unknown filled; same canvas and seed, same result.

    Known pixels stay as they are. Raises PaintingFailed.
    """
    pixels = canvas.pixels.copy()
    for step in infill_steps(canvas, method, tile_size):
        step(pixels, seed)
    return pixels
