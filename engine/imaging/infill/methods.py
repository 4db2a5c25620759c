"""Infill a canvas in the way that a person names."""

from collections.abc import Mapping
from functools import partial
from importlib.metadata import version

from engine.imaging.infill.mirror import mirror
from engine.imaging.infill.patchmatch import patch
from engine.imaging.infill.solid_and_noise import noise, solid
from engine.imaging.infill.step import Step
from engine.imaging.infill.telea import check_installed, opencv_version, telea
from engine.imaging.infill.tile import TILE_SIZE, tile_fill
from engine.imaging.mask import bounds
from engine.painter import Canvas
from pictures.picture import Pixels
from pictures.recipe import Infill

DEFAULT = Infill.PATCHMATCH

_AT_ONCE = {Infill.CV2: telea, Infill.MIRROR: mirror, Infill.SOLID: solid, Infill.NOISE: noise}


def check_available(kind: Infill) -> None:
    """Raise PaintingFailed with a sentence where this engine cannot infill so."""
    if kind is Infill.CV2:
        check_installed()


def libraries(kind: Infill | None) -> Mapping[str, str]:
    """Return the versions of the libraries that paint an infill; none where there is no infill."""
    match kind:
        case Infill.PATCHMATCH:
            return {"pypatchmatch": version("pypatchmatch")}
        case Infill.CV2:
            return {"opencv": opencv_version()}
        case _:
            return {}


def steps(canvas: Canvas, kind: Infill, tile_size: int | None = None) -> tuple[Step, ...]:
    """Return what fills the unknown of a canvas, to be done in this order; none where nothing is known."""
    mask, known = canvas.mask, bounds(~canvas.mask)
    if known.empty or not mask.any():
        return ()
    if kind is Infill.PATCHMATCH:
        return tuple(patch(mask, known))
    if kind is Infill.TILE:
        return (partial(tile_fill, mask, known, tile_size or TILE_SIZE),)
    return (partial(_AT_ONCE[kind], mask),)


def infilled(canvas: Canvas, kind: Infill, seed: int, tile_size: int | None = None) -> Pixels:
    """Return a copy of the canvas's pixels with its unknown filled; same canvas and seed, same result.

    Known pixels stay as they are. Raises PaintingFailed.
    """
    pixels = canvas.pixels.copy()
    for step in steps(canvas, kind, tile_size):
        step(pixels, seed)
    return pixels
