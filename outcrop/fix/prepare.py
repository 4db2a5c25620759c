"""Find out what `outcrop fix` is to paint."""

from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from engine.painter import Painter
from engine.painter_registry import PainterRegistry, is_model_free
from options.inheritance import describe_inherited, inherited_settings
from options.request import PaintRequest
from outcrop.fix.read_picture import FileFailed, MaskFile, read_file, read_source
from pictures.decode import decode
from pictures.formats.png import is_png
from pictures.geometry import Box
from pictures.limits import Limits
from pictures.picture import Picture
from pictures.recipe import FLAGGED, LARGEST_SEED, ForeignRecipe, Recipe
from pictures.recipe.read import read_ours, read_recipe
from pictures.transparency import check_holes, share_of_holes

DRAFT = (
    "Painted by the draft painter, without a model: its texture continues the picture, "
    "and variations differ little."
)


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class PreparedPicture:
    """A picture with the recipe to paint by."""

    path: Path
    """The file that results are named after."""
    source: Picture
    recipe: Recipe
    variations: int
    notes: tuple[str, ...]
    """What a person should know before it is painted."""
    data: bytes
    """The source file as it arrived; of a result that is painted again, the result's."""
    original: bytes | None = None
    """The PNG that is to come out again, byte for byte."""


def prepare_outpaint(
    path: Path, mask: MaskFile | None, options: PaintRequest, profile: str, limits: Limits
) -> PreparedPicture:
    """Extend a picture; prompt, seed and settings that were not said come from its own recipe.

    Raises FileFailed and PictureError.
    """
    data, decoded = read_source(path, mask, limits)
    carried = read_recipe(data)
    taken = set(inherited_settings(carried, given=options.given))
    if options.seed is None and (seed := _seed(carried)) is not None:
        options = options.model_copy(update={"seed": seed})
        taken.add("seed")
    options = options.fitted(decoded.picture.size)
    kept = options.kept(decoded.picture.size)
    if options.holes:
        check_holes(decoded.picture.cut(kept), options.outcrop)
    recipe = options.recipe(source_sha256=sha256(data).hexdigest(), painter=profile, carried=carried)
    notes = (
        *decoded.notes,
        options.rounding and f"{options.rounding} (--exact keeps it)",
        options.target and f"{options.target}: {options.sides}.",
        options.holes and share_of_holes(decoded.picture),
        options.shift and f"Moved: {options.sides} is new, as much is cut off at the other side.",
        describe_inherited(carried, taken),
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
    """Paint a result of ours again, from its source or from itself: a PNG of ours holds its source unchanged.

    But for holes: these are not in the result any more. Raises FileFailed, PictureError, and PaintingFailed
    where its painter is not here.
    """
    data = read_file(path, limits)
    recipe = read_ours(data)
    if recipe is None:
        raise FileFailed(f"{path} does not say how Outcrop painted it, so it cannot be painted again.")
    painter = painters.painter_for(recipe.painter)
    if source is None:
        picture = _cut_out(path, data, recipe, limits)
    else:
        picture = _same(source, mask, path, recipe, limits)
    return PreparedPicture(
        path=path,
        source=picture,
        recipe=recipe,
        variations=1,
        notes=(*_differences(recipe, painter), *_about(painter.profile)),
        data=data,
        original=data if is_png(data) else None,
    )


def _seed(carried: Recipe | ForeignRecipe | None) -> int | None:
    """Return the seed that a picture gives; ComfyUI's larger ones are none of ours."""
    if carried is None or carried.seed is None or carried.seed > LARGEST_SEED:
        return None
    return carried.seed


def _about(profile: str) -> Iterator[str]:
    if is_model_free(profile):
        yield DRAFT


def _same(source: Path, mask: MaskFile | None, path: Path, recipe: Recipe, limits: Limits) -> Picture:
    data, decoded = read_source(source, mask, limits)
    if sha256(data).hexdigest() != recipe.source_sha256:
        this = f"{source} with the mask {mask.path}" if mask else f"{source}"
        raise FileFailed(f"{this} is not the picture that {path} was made of.")
    return decoded.picture.cut(recipe.kept)


def _cut_out(path: Path, data: bytes, recipe: Recipe, limits: Limits) -> Picture:
    if recipe.holes:
        raise FileFailed(
            f"{path} was painted where its source was transparent: name that, too, and its mask."
        )
    if recipe.seam is not None:
        raise FileFailed(
            f"A band of the original was repainted in {path}: name the picture that it was made of as well."
        )
    if not is_png(data):
        raise FileFailed(f"{path} is no PNG: name the picture that it was made of as well.")
    result = decode(data, limits).picture
    sides = recipe.sides
    width = result.size.width - sides.left - sides.right
    height = result.size.height - sides.top - sides.bottom
    if result.size != (recipe.canvas or result.size) or width < 1 or height < 1:
        raise FileFailed(f"{path} has another size than when it was painted: name its source as well.")
    return result.cut(Box(left=sides.left, top=sides.top, width=width, height=height))


def _differences(recipe: Recipe, painter: Painter) -> Iterator[str]:
    """Say which settings differ from those that the result was painted with: then its bytes may differ."""
    for name in sorted({*recipe.settings, *painter.settings} - FLAGGED.keys()):
        then, now = recipe.settings.get(name, "none"), painter.settings.get(name, "none")
        if then != now:
            yield f"It was painted with {name} {then}; here is {now}, so the bytes may differ."
