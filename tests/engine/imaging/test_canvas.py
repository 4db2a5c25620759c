"""The grown canvas."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from engine.imaging.canvas import composite_over, paste_back, place_on_canvas
from pictures.geometry import Outcrop, Size
from pictures.picture import Picture

lengths = st.integers(1, 12)
pictures = st.builds(
    Picture,
    pixels=arrays.arrays(np.uint8, st.tuples(lengths, lengths, st.sampled_from([3, 4]))),
    icc=st.none() | st.just(b"profile"),
)
sides = st.integers(0, 9)
outcrops = st.builds(Outcrop, top=sides, right=sides, bottom=sides, left=sides)


@given(source=pictures, outcrop=outcrops)
def test_the_old_picture_lies_at_its_offset(source: Picture, outcrop: Outcrop) -> None:
    canvas = place_on_canvas(source, outcrop)
    height, width = canvas.mask.shape
    assert Size(width=width, height=height) == outcrop.grow(source.size)
    assert np.array_equal(canvas.pixels[~canvas.mask], source.pixels[..., :3].reshape(-1, 3))
    assert not canvas.mask[canvas.source.slices].any()
    assert (~canvas.mask).sum() == source.size.pixels


@given(source=pictures, outcrop=outcrops)
def test_every_original_sample_comes_back_whatever_was_painted(source: Picture, outcrop: Outcrop) -> None:
    canvas = place_on_canvas(source, outcrop)
    painted = np.full_like(canvas.pixels, 7)
    result = paste_back(source, canvas, [(slice(0, len(painted)), painted.astype(np.float32))])
    assert np.array_equal(result.pixels[canvas.source.slices], source.pixels)
    assert result.icc == source.icc
    assert (result.pixels[canvas.mask][:, :3] == 7).all()
    assert (result.pixels[canvas.mask][:, 3:] == 255).all()
    assert (painted == 7).all()


@given(source=pictures, outcrop=outcrops)
def test_with_holes_all_that_is_not_opaque_is_unknown(source: Picture, outcrop: Outcrop) -> None:
    canvas = place_on_canvas(source, outcrop, holes=True)
    inside = canvas.mask[canvas.source.slices]
    assert np.array_equal(inside, source.pixels[..., 3] < 255 if source.has_alpha else np.zeros_like(inside))
    assert canvas.mask.sum() == canvas.mask.size - (~inside).sum()
    assert (canvas.pixels[canvas.mask] == 0).all(), "what lies under a hole is not seen"


@given(source=pictures, outcrop=outcrops, level=st.integers(0, 255))
def test_a_source_lies_over_what_was_painted(source: Picture, outcrop: Outcrop, level: int) -> None:
    canvas = place_on_canvas(source, outcrop, holes=True)
    painted = np.full_like(canvas.pixels, level)
    result = composite_over(source, canvas, [(slice(0, len(painted)), painted.astype(np.float32))])
    assert not result.has_alpha
    assert result.icc == source.icc
    assert np.array_equal(result.pixels[~canvas.mask], canvas.pixels[~canvas.mask])
    alpha = source.pixels[..., 3:] / 255 if source.has_alpha else 1
    exact = source.pixels[..., :3] * alpha + level * (1 - alpha)
    assert (
        abs(result.pixels[canvas.source.slices] - exact).max() <= 0.5001
    )  # half a level, and float32: 255 × 2⁻²³ is 3e-5
    assert (painted == level).all()
