"""A picture in, a bigger picture out."""

import re
from dataclasses import replace
from importlib.metadata import version

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from engine.draft_painter import DraftPainter
from engine.errors import Cancelled
from engine.imaging.colour_match import FIELD_CELL, REACH
from engine.outpaint import OutpaintResult, outpaint
from engine.painter import Painter, ProgressCallback
from pictures.colour_space import ColourSpace
from pictures.decode import decode
from pictures.encode import encode_png
from pictures.errors import NothingToPaint, PictureTooLarge
from pictures.geometry import Outcrop, Size
from pictures.limits import Limits
from pictures.picture import Picture, rounded
from pictures.recipe import MAX_SEED, Infill, Recipe
from tests.engine.pictures import GREENISH, MAGENTA, Copyist, Fader, Tinter, ignore_progress, natural, recipe
from tests.pictures import plain_png
from tests.pictures.files import RGB, RGBA, WIDE_GAMMA, noise, png, wide

lengths = st.integers(1, 40)
pictures = st.builds(
    Picture, pixels=arrays.arrays(np.uint8, st.tuples(lengths, lengths, st.sampled_from([3, 4])))
)
sides = st.integers(0, 70)
outcrops = st.builds(Outcrop, top=sides, right=sides, bottom=sides, left=sides).filter(bool)


def painted(
    source: Picture,
    wanted: Recipe,
    *,
    painter: Painter | None = None,
    variations: int = 1,
    limits: Limits | None = None,
    on_progress: ProgressCallback = ignore_progress,
) -> list[OutpaintResult]:
    return list(
        outpaint(
            source,
            wanted,
            variations=variations,
            painter=painter or DraftPainter(),
            limits=limits or Limits(),
            on_progress=on_progress,
        )
    )


def with_holes(sides: Outcrop, *, seed: int = 1) -> Recipe:
    return recipe(sides, seed=seed).model_copy(update={"holes": True})


def with_alpha(alpha: int, *, inside: slice = slice(20, 40)) -> Picture:
    """Return a grey picture with a square of this alpha, bright green below it."""
    pixels = np.full((64, 64, 4), (100, 100, 100, 255), np.uint8)
    pixels[inside, inside] = (0, 250, 0, alpha)
    return Picture(pixels=pixels)


def assert_original_is_inside(source: Picture, sides: Outcrop, result: Picture) -> None:
    assert result.size == sides.grow(source.size)
    assert result.has_alpha == source.has_alpha
    assert result.icc == source.icc
    assert np.array_equal(result.pixels[sides.known_box(source.size).slices], source.pixels)


@given(source=pictures, sides=st.builds(Outcrop, top=sides, right=sides, bottom=sides, left=sides))
@settings(max_examples=25, deadline=None)
def test_with_holes_opaque_pixels_are_byte_identical_and_the_result_is_opaque(
    source: Picture, sides: Outcrop
) -> None:
    holes = source.holes
    if holes.all() or not (holes.any() or sides):
        with pytest.raises(NothingToPaint):
            painted(source, with_holes(sides))
        return
    (result,) = painted(source, with_holes(sides))
    inside = result.picture.pixels[sides.known_box(source.size).slices]
    assert result.picture.size == sides.grow(source.size)
    assert result.picture.pixels.shape[2] == 3
    assert np.array_equal(inside[~holes], source.pixels[~holes][:, :3])
    assert result.picture.icc == source.icc


@given(source=pictures, sides=outcrops)
@settings(max_examples=25, deadline=None)
def test_original_pixels_are_byte_identical_at_their_offset(source: Picture, sides: Outcrop) -> None:
    (result,) = painted(source, recipe(sides))
    assert_original_is_inside(source, sides, result.picture)


@pytest.mark.parametrize("alpha", [False, True], ids=["RGB", "RGBA"])
@pytest.mark.parametrize(
    ("width", "height", "sides"),
    [
        (1, 1, Outcrop(top=64, right=64, bottom=64, left=64)),
        (93, 77, Outcrop(top=100, right=3)),
        (333, 77, Outcrop(bottom=64, left=64)),
        (4000, 100, Outcrop(right=64)),
    ],
    ids=str,
)
def test_odd_sizes_are_painted_whole(width: int, height: int, sides: Outcrop, alpha: bool) -> None:
    source = natural(Size(width=width, height=height), alpha=alpha)
    (result,) = painted(source, recipe(sides))
    assert_original_is_inside(source, sides, result.picture)
    assert not (result.picture.pixels[..., :3] == MAGENTA).all(axis=2).any()
    assert not (result.picture.pixels[..., :3] == 0).all(axis=2).any()
    new = np.ones(result.picture.pixels.shape[:2], np.bool_)
    new[sides.known_box(source.size).slices] = False
    assert (result.picture.pixels[new][:, 3:] == 255).all()


def test_the_same_recipe_paints_the_same_bytes() -> None:
    source = natural(Size(width=120, height=90))
    (first,) = painted(source, recipe(Outcrop(top=64, left=64), seed=9))
    (again,) = painted(source, first.recipe)
    assert again.recipe == first.recipe
    assert encode_png(again.picture, again.recipe) == encode_png(first.picture, first.recipe)


def test_variations_count_their_seeds_up_and_can_be_painted_alone() -> None:
    source = natural(Size(width=80, height=80))
    results = painted(source, recipe(Outcrop(right=64), seed=MAX_SEED), variations=3)
    assert [result.recipe.seed for result in results] == [MAX_SEED, 0, 1]
    (alone,) = painted(source, results[1].recipe)
    assert np.array_equal(alone.picture.pixels, results[1].picture.pixels)


def test_the_recipe_says_what_was_used() -> None:
    tinter = Tinter()
    asked = recipe(Outcrop(top=64)).model_copy(update={"negative": "people", "painter": "auto"})
    (result,) = painted(natural(Size(width=70, height=70)), asked, painter=tinter)
    assert [(settings.prompt, settings.negative, settings.steps) for settings in tinter.asked] == [
        ("a quiet lake", None, 20)
    ]
    used = {
        "negative": None,
        "steps": 20,
        "painter": "tinter",
        "settings": {"brush": "wide"},
        "canvas": Size(width=70, height=134),
        "engine": version("outcrop"),
    }
    assert result.recipe == asked.model_copy(update=used)


def test_a_painter_that_repaints_everything_leaves_the_original_and_no_step() -> None:
    source = Picture(pixels=np.full((80, 80, 3), 100, np.uint8))
    (result,) = painted(source, recipe(Outcrop(top=64), seed=112), painter=Tinter())
    assert_original_is_inside(source, Outcrop(top=64), result.picture)
    # One level: the match ends between two levels, and is rounded once.
    assert (abs(result.picture.pixels[63].astype(int) - 100) <= 1).all()
    assert (result.picture.pixels[0] > 104).all()


def test_a_hole_is_painted_and_what_lay_below_it_is_not_seen() -> None:
    (result,) = painted(with_alpha(0), with_holes(Outcrop()))
    assert (result.picture.pixels == 100).all()
    assert result.recipe.holes


def test_a_half_transparent_pixel_lies_over_the_painted_ones() -> None:
    (result,) = painted(with_alpha(51), with_holes(Outcrop(top=64)))
    assert (result.picture.pixels[64 + 20 : 64 + 40, 20:40] == (80, 130, 80)).all()


def test_a_tinted_hole_has_no_step_at_its_edge() -> None:
    (result,) = painted(with_alpha(0), with_holes(Outcrop(), seed=112), painter=Tinter())
    assert (abs(result.picture.pixels[20:22, 20:40].astype(int) - 100) <= 1).all()


def test_an_outcrop_without_holes_keeps_the_old_alpha() -> None:
    source = with_alpha(7)
    (result,) = painted(source, recipe(Outcrop(top=64)))
    assert_original_is_inside(source, Outcrop(top=64), result.picture)


def test_a_picture_without_holes_can_still_grow() -> None:
    source = with_alpha(255)
    (result,) = painted(source, with_holes(Outcrop(left=64)))
    assert np.array_equal(result.picture.pixels[:, 64:], source.pixels[..., :3])


def test_what_cannot_be_painted_is_refused_before_the_painter_is_asked() -> None:
    source, tinter = natural(Size(width=64, height=64)), Tinter()
    with pytest.raises(NothingToPaint, match="at least one side"):
        painted(source, recipe(Outcrop()), painter=tinter)
    with pytest.raises(NothingToPaint, match="no transparent part"):
        painted(source, with_holes(Outcrop()), painter=tinter)
    with pytest.raises(NothingToPaint, match="nothing to continue"):
        painted(with_alpha(254, inside=slice(0, 64)), with_holes(Outcrop(top=64)), painter=tinter)
    with pytest.raises(NothingToPaint, match="must be between 0 and 1,024"):
        painted(with_alpha(0), with_holes(Outcrop(top=-1)), painter=tinter)
    with pytest.raises(PictureTooLarge, match="The result would be too large: 64×128"):
        painted(source, recipe(Outcrop(top=64)), painter=tinter, limits=Limits(pixels=8000))
    assert tinter.asked == []


def test_a_cancel_ends_it_after_the_results_so_far() -> None:
    source, painter = natural(Size(width=64, height=64)), DraftPainter()

    def cancel_at_second(done: int, total: int, preview: bytes | None = None) -> None:
        if done == 2:
            raise Cancelled

    results = outpaint(
        source,
        recipe(Outcrop(top=64)),
        variations=2,
        painter=painter,
        limits=Limits(),
        on_progress=cancel_at_second,
    )
    first = next(results)
    with pytest.raises(Cancelled):
        next(results)
    (again,) = painted(source, recipe(Outcrop(top=64)), painter=painter)
    assert np.array_equal(again.picture.pixels, first.picture.pixels)


def test_the_painter_sees_srgb_and_the_result_has_the_pictures_own_colours() -> None:
    source = Picture(pixels=natural(Size(width=90, height=70)).pixels, icc=wide())
    sides, space, painter = Outcrop(top=64, left=64), ColourSpace.of(wide()), Copyist()
    (result,) = painted(source, recipe(sides), painter=painter)
    assert_original_is_inside(source, sides, result.picture)
    (seen,) = painter.seen
    assert np.array_equal(seen[sides.known_box(source.size).slices], space.to_srgb(source.pixels))
    assert np.abs(source.pixels.astype(int) - space.to_srgb(source.pixels)).max() > 10
    corner = space.to_srgb(result.picture.pixels[:1, :1])
    # One level: to the colour space of the picture and back, rounded each time.
    assert np.abs(corner.astype(int) - GREENISH).max() <= 1


@pytest.mark.parametrize("gamma", [WIDE_GAMMA, 1.0], ids=["wide", "linear"])
@pytest.mark.parametrize("alpha", [False, True], ids=["RGB", "RGBA"])
def test_fractions_of_a_painter_are_rounded_once_in_the_pictures_own_colours(
    gamma: float, alpha: bool
) -> None:
    source = replace(natural(Size(width=90, height=70), alpha=alpha), icc=wide(gamma=gamma))
    space, painter = ColourSpace.of(source.icc), Fader()
    (result,) = painted(source, recipe(Outcrop(top=256)), painter=painter)
    assert_original_is_inside(source, Outcrop(top=256), result.picture)
    far = slice(0, 256 - REACH - FIELD_CELL)  # nearer to the source colours are matched to it
    new = result.picture.pixels[far, :, :3]
    # Rounded once, half a level is the most; rounded twice it is more somewhere.
    assert np.abs(new - space.from_srgb(painter.made[far])).max() <= 0.5
    assert np.abs(new - space.from_srgb(rounded(painter.made[far]))).max() > 0.6
    (again,) = painted(source, result.recipe, painter=Fader())
    assert encode_png(again.picture, again.recipe) == encode_png(result.picture, result.recipe)


def test_fractions_of_a_painter_are_rounded_once_where_half_transparent_pixels_lie_over_them() -> None:
    (result,) = painted(with_alpha(51), with_holes(Outcrop()), painter=Fader(level=100.4))
    assert (result.picture.pixels[20:40, 20:40] == np.rint((80.32, 130.32, 80.32))).all()


@pytest.mark.parametrize(
    ("icc", "infill", "named"),
    [
        (None, Infill.MIRROR, set()),
        (None, Infill.PATCHMATCH, {"pypatchmatch"}),
        (None, Infill.CV2, {"opencv"}),
        (wide(), Infill.MIRROR, {"littlecms"}),
        (wide(), Infill.CV2, {"littlecms", "opencv"}),
    ],
)
def test_the_recipe_names_the_libraries_that_took_part(
    icc: bytes | None, infill: Infill, named: set[str]
) -> None:
    wanted = recipe(Outcrop(top=64)).model_copy(update={"infill": infill})
    (result,) = painted(Picture(pixels=noise(40, 40), icc=icc), wanted)
    assert result.recipe.settings.keys() - DraftPainter().settings.keys() == named
    assert all(re.fullmatch(r"\d+(\.\d+)+", result.recipe.settings[name]) for name in named)


def test_a_picture_in_srgb_reaches_the_painter_untouched() -> None:
    source, painter = natural(Size(width=20, height=20)), Copyist()
    painted(source, recipe(Outcrop(top=64)), painter=painter)
    assert np.array_equal(painter.seen[0][64:], source.pixels)


@pytest.mark.parametrize(("colour", "channels"), [(RGB, 3), (RGBA, 4)])
def test_a_decoder_that_is_not_pillow_finds_every_sample_of_the_file_in_the_result(
    colour: int, channels: int
) -> None:
    samples = noise(61, 43, channels)
    source = decode(png(samples, colour), Limits()).picture
    (result,) = painted(source, recipe(Outcrop(top=64, right=7)), painter=Copyist())
    found = plain_png.samples(encode_png(result.picture, result.recipe))
    assert np.array_equal(found[64:, :61], samples)
    assert np.array_equal(found, result.picture.pixels)
