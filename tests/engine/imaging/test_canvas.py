"""The grown canvas."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from engine.imaging.canvas import paste_back, place
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
    canvas = place(source, outcrop)
    height, width = canvas.mask.shape
    assert Size(width=width, height=height) == outcrop.grow(source.size)
    assert np.array_equal(canvas.pixels[~canvas.mask], source.pixels[..., :3].reshape(-1, 3))
    assert not canvas.mask[canvas.source.slices].any()
    assert (~canvas.mask).sum() == source.size.pixels


@given(source=pictures, outcrop=outcrops)
def test_every_original_sample_comes_back_whatever_was_painted(source: Picture, outcrop: Outcrop) -> None:
    canvas = place(source, outcrop)
    painted = np.full_like(canvas.pixels, 7)
    result = paste_back(source, painted, canvas.source)
    assert np.array_equal(result.pixels[canvas.source.slices], source.pixels)
    assert result.icc == source.icc
    assert (result.pixels[canvas.mask][:, :3] == 7).all()
    assert (result.pixels[canvas.mask][:, 3:] == 255).all()
    assert (painted == 7).all()
