"""Masks that become a picture's alpha."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from pictures.decode import decode
from pictures.encode import encode_jpeg, encode_png
from pictures.errors import NothingToPaint
from pictures.geometry import Outcrop
from pictures.limits import Limits
from pictures.mask_merge import JPEG_TOLERANCE, merge_mask
from pictures.picture import Picture, Pixels
from pictures.recipe import Recipe
from pictures.recipe.read import read_recipe
from tests.pictures.recipe.texts import text_chunk

shapes = st.tuples(st.integers(1, 12), st.integers(1, 12))


def merged(picture: Picture, mask: Picture, *, invert: bool = False, file: bytes = b"") -> Picture:
    png, result = merge_mask(file, picture, mask, invert=invert)
    assert np.array_equal(decode(png, Limits()).picture.pixels, result.pixels), "both are the same picture"
    return result


def grey(*levels: int) -> Picture:
    return Picture(pixels=np.array([[[level] * 3 for level in levels]], np.uint8))


def alpha_of(mask: Picture, *, invert: bool = False) -> list[int]:
    size = mask.size
    picture = Picture(pixels=np.full((size.height, size.width, 3), 90, np.uint8))
    return [int(alpha) for alpha in merged(picture, mask, invert=invert).pixels[..., 3].ravel()]


def test_white_is_painted_black_is_kept_and_grey_is_mixed() -> None:
    assert alpha_of(grey(255, 0, 100)) == [0, 255, 155]
    assert alpha_of(grey(255, 0, 100), invert=True) == [255, 0, 100]


def test_what_is_nearly_black_or_white_counts_as_such() -> None:
    assert alpha_of(grey(JPEG_TOLERANCE, 255 - JPEG_TOLERANCE, JPEG_TOLERANCE + 1)) == [
        255,
        0,
        254 - JPEG_TOLERANCE,
    ]


def test_a_mask_may_have_been_a_jpeg() -> None:
    pixels = np.zeros((64, 64, 3), np.uint8)
    pixels[16:48, 16:48] = 255
    jpeg = encode_jpeg(Picture(pixels=pixels), 90)
    result = merged(Picture(pixels=pixels), decode(jpeg, Limits()).picture)
    assert (result.pixels[..., 3] == 255 - pixels[..., 0]).all()


def test_what_is_transparent_in_a_mask_keeps() -> None:
    mask = Picture(pixels=np.array([[[255, 255, 255, 0], [255, 255, 255, 255]]], np.uint8))
    assert alpha_of(mask) == [255, 0]


@given(data=st.data(), shape=shapes, channels=st.sampled_from([3, 4]), invert=st.booleans())
def test_opaque_pixels_stay_and_holes_do_not_close(
    data: st.DataObject, shape: tuple[int, int], channels: int, invert: bool
) -> None:
    picture = Picture(pixels=data.draw(arrays.arrays(np.uint8, (*shape, channels))), icc=b"profile")
    level = data.draw(arrays.arrays(np.uint8, shape, elements=st.sampled_from([0, 128, 255])))
    level[0, 0] = 0 if invert else 255
    result = merged_without_check(picture, Picture(pixels=np.dstack([level] * 3)), invert=invert)
    kept = result[..., 3] == 255
    assert np.array_equal(result[kept][:, :3], picture.pixels[kept][:, :3])
    assert not (kept & picture.holes).any()
    assert not kept[0, 0]
    assert (result[result[..., 3] == 0] == 0).all(), "what nobody will see is not stored"


def merged_without_check(picture: Picture, mask: Picture, *, invert: bool) -> Pixels:
    _, result = merge_mask(b"", Picture(pixels=picture.pixels), mask, invert=invert)
    return result.pixels


def test_the_profile_comes_along() -> None:
    icc = b"no profile at all, but bytes"
    _, result = merge_mask(b"", Picture(pixels=grey(1, 2).pixels, icc=icc), grey(255, 0), invert=False)
    assert result.icc == icc


@pytest.mark.parametrize("invert", [False, True])
def test_a_mask_that_marks_nothing_is_refused(invert: bool) -> None:
    with pytest.raises(NothingToPaint, match="The mask marks nothing"):
        alpha_of(grey(*[255 if invert else 0] * 3), invert=invert)


def test_a_mask_of_another_size_is_refused() -> None:
    with pytest.raises(NothingToPaint, match="must have the same"):
        merged(grey(1, 2, 3), grey(255, 0))


def test_our_own_recipe_comes_along() -> None:
    recipe = Recipe(sides=Outcrop(top=64), seed=3, prompt="a läke", source_sha256="0" * 64)
    file = encode_png(grey(1, 2), recipe)
    png, _ = merge_mask(file, grey(1, 2), grey(255, 0), invert=False)
    assert read_recipe(png) == recipe


@pytest.mark.parametrize("jpeg", [False, True])
def test_another_programs_words_come_along(jpeg: bool) -> None:
    if jpeg:
        recipe = Recipe(
            sides=Outcrop(), seed=3, prompt="a läke", source_sha256="0" * 64, steps=20, guidance=7
        )
        file = encode_jpeg(grey(1, 2), 90, recipe)
    else:
        png = encode_png(grey(1, 2))
        said = "a läke\nSteps: 20, Seed: 3, CFG scale: 7"
        end = png.index(b"IEND") - 4
        file = png[:end] + text_chunk("parameters", said) + png[end:]
    png, _ = merge_mask(file, grey(1, 2), grey(255, 0), invert=False)
    assert read_recipe(png) == read_recipe(file) is not None
