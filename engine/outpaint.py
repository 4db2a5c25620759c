"""Paint a picture's unknown, beyond its frame or inside: canvas, painter, colours, the original on top."""

from collections.abc import Generator
from contextlib import closing
from dataclasses import dataclass, replace
from importlib.metadata import version

from engine.imaging.canvas import composite_over, paste_back, place_on_canvas
from engine.imaging.colour_match import match_colours
from engine.imaging.infill.methods import libraries as infill_libraries
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
    checkpoint: ProgressCallback,
) -> Generator[OutpaintResult, None, None]:
    """Yield the variations in the order of their seeds, which count up from the recipe's.

    The source's own samples are in each result unchanged, with holes those that are opaque, but for the band
    of a seam pass; with holes the result is opaque. Its profile goes with them; the painter sees sRGB. Raises
    PictureError where the recipe asks for nothing or too large a canvas, PaintingFailed, or whatever the
    checkpoint raised.
    """
    sides = recipe.sides.check_bounds() if recipe.holes else recipe.sides.check()
    if recipe.holes:
        check_holes(source, sides)
    grown = sides.grow(source.size)
    limits.check_canvas(grown)
    canvas, space = place_on_canvas(source, sides, holes=recipe.holes), ColourSpace.of(source.icc)
    seen = replace(canvas, pixels=space.to_srgb(canvas.pixels))
    settings = painter.resolve(recipe.paint_settings)
    used = {
        **dict(settings),
        "painter": painter.profile,
        "canvas": grown,
        "engine": version("outcrop"),
    }
    recipes = [recipe.for_variation(index).model_copy(update=used) for index in range(variations)]
    libraries = {**space.libraries, **infill_libraries(settings.infill)}
    seeds = tuple(each.seed for each in recipes)
    seam_pass = settings.seam and SeamPass(
        canvas.mask, settings.seam, painter=painter, settings=settings, space=space
    )
    passes = TwoPassProgress(checkpoint, variations)
    asked = passes.painting if seam_pass else checkpoint
    with closing(painter.paint(seen, settings, seeds, asked)) as paintings:
        for begun, painted in zip(recipes, paintings, strict=True):
            # A painter that ran short of memory goes on with other settings than it began with.
            each = begun.model_copy(update={"settings": {**painter.settings, **libraries}})
            finish = composite_over if recipe.holes else paste_back
            picture = finish(source, canvas, match_colours(canvas, painted, space))
            if seam_pass:
                picture, seam_settings = seam_pass(picture, canvas, each.seed, passes.mending)
                passes.mended()
                each = each.model_copy(update={"settings": {**each.settings, **seam_settings}})
            yield OutpaintResult(picture=picture, recipe=each)
