"""Outpaint a picture: place it on a canvas, paint, match colours, and paste the original back."""

from collections.abc import Generator
from contextlib import closing
from dataclasses import dataclass, replace
from importlib.metadata import version

from engine.imaging.canvas import composite_over, paste_back, place_on_canvas
from engine.imaging.colour_match import match_colours
from engine.imaging.infill.methods import library_versions
from engine.painter import Painter, ProgressCallback
from engine.seam_pass import SeamPass, TwoPassProgress
from pictures.colour_space import ColourSpace
from pictures.limits import Limits
from pictures.picture import Picture
from pictures.recipe import Recipe
from pictures.transparency import check_holes


@dataclass(frozen=True, kw_only=True, slots=True)
class OutpaintResult:
    """A finished picture with the recipe that paints it again."""

    picture: Picture
    recipe: Recipe


def outpaint(
    source: Picture,
    recipe: Recipe,
    *,
    variations: int,
    painter: Painter,
    limits: Limits,
    on_progress: ProgressCallback,
) -> Generator[OutpaintResult, None, None]:
    """Yield the variations in the order of their seeds, which count up from the recipe's.

    Each result has the source's samples unchanged, except for the band of a seam pass; with holes, its opaque
    ones, and the result is opaque. It keeps the source's ICC profile; the painter sees sRGB. Raises
    PictureError where the recipe paints nothing or the canvas is too large, PaintingFailed, or whatever the
    callback raised.
    """
    sides = recipe.sides.check_bounds() if recipe.holes else recipe.sides.check()
    if recipe.holes:
        check_holes(source, sides)
    size = sides.grow(source.size)
    limits.check_canvas(size)
    canvas, space = place_on_canvas(source, sides, holes=recipe.holes), ColourSpace.of(source.icc)
    srgb_canvas = replace(canvas, pixels=space.to_srgb(canvas.pixels))
    settings = painter.resolve(recipe.paint_settings)
    used = {
        **dict(settings),
        "painter": painter.profile,
        "canvas": size,
        "engine": version("outcrop"),
    }
    recipes = [recipe.for_variation(index).model_copy(update=used) for index in range(variations)]
    libraries = {**space.libraries, **library_versions(settings.infill)}
    seeds = tuple(recipe.seed for recipe in recipes)
    seam_pass = settings.seam and SeamPass(
        canvas.mask, settings.seam, painter=painter, settings=settings, space=space
    )
    progress = TwoPassProgress(on_progress, variations)
    first_pass = progress.on_first_pass if seam_pass else on_progress
    with closing(painter.paint(srgb_canvas, settings, seeds, first_pass)) as pictures:
        for planned, painted in zip(recipes, pictures, strict=True):
            # Read only now: a painter that ran out of memory goes on with other settings than it started
            # with.
            finished = planned.model_copy(update={"settings": {**painter.settings, **libraries}})
            combine = composite_over if recipe.holes else paste_back
            picture = combine(source, canvas, match_colours(canvas, painted, space))
            if seam_pass:
                picture, seam_settings = seam_pass(picture, canvas, finished.seed, progress.on_second_pass)
                progress.finish_second_pass()
                finished = finished.model_copy(update={"settings": {**finished.settings, **seam_settings}})
            yield OutpaintResult(picture=picture, recipe=finished)
