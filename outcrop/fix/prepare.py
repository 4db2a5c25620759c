"""Combine a picture, its recipe and the options of `outcrop fix` into what will be painted."""

from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from engine.painter import Painter
from engine.painter_registry import PainterRegistry, is_model_free
from options.inheritance import describe_inherited, inherited_settings
from options.request import PaintRequest
from outcrop.errors import FileFailed
from outcrop.fix.read_picture import MaskFile, read_file, read_source
from pictures.decode import decode
from pictures.formats.png import is_png
from pictures.geometry import Box
from pictures.limits import Limits
from pictures.picture import Picture
from pictures.recipe import FLAGGED, MAX_SEED, ForeignRecipe, Recipe
from pictures.recipe.read import read_own_recipe, read_recipe
from pictures.transparency import check_holes, repainted_share

DRAFT = (
    "Draft quality: no AI model is used, so the picture’s own texture is continued. The prompt has no "
    "effect, and variations differ little."
)


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class PreparedPicture:
    """A picture, and the recipe to paint it with."""

    path: Path
    """The file that the results are named after."""
    source: Picture
    recipe: Recipe
    variations: int
    notes: tuple[str, ...]
    """What the user should know before it is painted."""
    data: bytes
    """The bytes of the source file or, for a repeat, of the result."""
    original: bytes | None = None
    """For a repeat: the PNG to reproduce, byte for byte."""


def prepare_outpaint(
    path: Path, mask: MaskFile | None, options: PaintRequest, profile: str, limits: Limits
) -> PreparedPicture:
    """Prepare to extend a picture; its own recipe provides the prompt, seed and settings that were not given.

    Raises FileFailed and PictureError.
    """
    data, decoded = read_source(path, mask, limits)
    embedded = read_recipe(data)
    inherited = set(inherited_settings(embedded, given=options.given))
    if options.seed is None and (seed := _seed(embedded)) is not None:
        options = options.model_copy(update={"seed": seed})
        inherited.add("seed")
    options = options.fitted(decoded.picture.size)
    kept = options.kept(decoded.picture.size)
    if options.holes:
        check_holes(decoded.picture.cut(kept), options.outcrop)
    recipe = options.recipe(source_sha256=sha256(data).hexdigest(), painter=profile, embedded=embedded)
    notes = (
        *decoded.notes,
        options.rounding and f"{options.rounding} (--exact keeps it)",
        options.target and f"{options.target}: {options.sides}.",
        options.holes and repainted_share(decoded.picture),
        options.shift and f"Shifted: {options.sides} is new, and as much is cut off at the opposite side.",
        describe_inherited(embedded, inherited),
        *_about(profile),
    )
    return PreparedPicture(
        path=path,
        source=decoded.picture.cut(kept),
        recipe=recipe.model_copy(update={"kept": kept}),
        variations=options.variations or 1,
        notes=tuple(note for note in notes if note),
        data=data,
    )


def prepare_repeat(
    path: Path, source: Path | None, mask: MaskFile | None, painters: PainterRegistry, limits: Limits
) -> PreparedPicture:
    """Prepare to paint one of our results again, from its source or from the result itself.

    A PNG result contains its source's pixels unchanged, except where the source was transparent. Raises
    FileFailed, PictureError, and PaintingFailed if its painter is not available.
    """
    data = read_file(path, limits)
    recipe = read_own_recipe(data)
    if recipe is None:
        raise FileFailed(f"{path} has no recipe of Outcrop’s in its metadata, so it cannot be painted again.")
    painter = painters.painter_for(recipe.painter)
    if source is None:
        picture = _source_in_result(path, data, recipe, limits)
    else:
        picture = _read_same_source(source, mask, path, recipe, limits)
    return PreparedPicture(
        path=path,
        source=picture,
        recipe=recipe,
        variations=1,
        notes=(*_differences(recipe, painter), *_about(painter.profile)),
        data=data,
        # Other formats were encoded from the result: only a PNG can match byte for byte.
        original=data if is_png(data) else None,
    )


def _seed(embedded: Recipe | ForeignRecipe | None) -> int | None:
    """Return the embedded seed; ComfyUI has 64-bit seeds, of which only the smaller ones can be used."""
    if embedded is None or embedded.seed is None or embedded.seed > MAX_SEED:
        return None
    return embedded.seed


def _about(profile: str) -> Iterator[str]:
    if is_model_free(profile):
        yield DRAFT


def _read_same_source(
    source: Path, mask: MaskFile | None, path: Path, recipe: Recipe, limits: Limits
) -> Picture:
    data, decoded = read_source(source, mask, limits)
    if sha256(data).hexdigest() != recipe.source_sha256:
        given = f"{source} with the mask {mask.path}" if mask else f"{source}"
        raise FileFailed(f"{given} is not the source of {path}.")
    return decoded.picture.cut(recipe.kept)


def _source_in_result(path: Path, data: bytes, recipe: Recipe, limits: Limits) -> Picture:
    if recipe.holes:
        raise FileFailed(
            f"{path} was painted where its source was transparent. Name the source too, and its mask if any."
        )
    if recipe.seam is not None:
        raise FileFailed(
            f"{path} has a repainted seam, so it does not contain its whole source. Name the source too."
        )
    if not is_png(data):
        raise FileFailed(f"{path} is not a PNG, so its source’s pixels have changed. Name the source too.")
    result = decode(data, limits).picture
    sides = recipe.sides
    width = result.size.width - sides.left - sides.right
    height = result.size.height - sides.top - sides.bottom
    if result.size != (recipe.canvas or result.size) or width < 1 or height < 1:
        raise FileFailed(f"{path} is not the size that it was painted at. Name the source too.")
    return result.cut(Box(left=sides.left, top=sides.top, width=width, height=height))


def _differences(recipe: Recipe, painter: Painter) -> Iterator[str]:
    """Return a note for each setting of the painter that has changed since: the bytes may then differ."""
    for name in sorted({*recipe.settings, *painter.settings} - FLAGGED.keys()):
        then, now = recipe.settings.get(name, "none"), painter.settings.get(name, "none")
        if then != now:
            yield f"It was painted with {name} {then}; now it is {now}, so the bytes may differ."
