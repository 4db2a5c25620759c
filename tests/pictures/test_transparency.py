"""Which parts of a picture are to be painted."""

import numpy as np
import pytest

from pictures.errors import NothingToPaint
from pictures.geometry import Outcrop
from pictures.picture import Picture
from pictures.transparency import check_holes, repainted_share


def with_alpha(*alpha: int) -> Picture:
    pixels = np.zeros((1, len(alpha), 4), np.uint8)
    pixels[..., 3] = alpha
    return Picture(pixels=pixels)


def test_what_is_not_fully_opaque_is_a_hole() -> None:
    assert with_alpha(0, 1, 254, 255).holes.tolist() == [[True, True, True, False]]
    assert not Picture(pixels=np.zeros((2, 2, 3), np.uint8)).holes.any()


@pytest.mark.parametrize("sides", [Outcrop(), Outcrop(top=64)])
def test_a_hole_can_be_painted_and_something_must_be_kept(sides: Outcrop) -> None:
    check_holes(with_alpha(0, 255), sides)
    with pytest.raises(NothingToPaint, match="nothing to continue"):
        check_holes(with_alpha(0, 254), sides)


def test_an_opaque_picture_needs_a_side() -> None:
    check_holes(with_alpha(255, 255), Outcrop(left=1))
    with pytest.raises(NothingToPaint, match="no transparent part"):
        check_holes(with_alpha(255, 255), Outcrop())


def test_the_share_of_holes_is_put_into_words() -> None:
    assert repainted_share(with_alpha(0, 255, 3, 255)) == "Repainted 50 % of the picture."
    assert repainted_share(with_alpha(0, *[255] * 200)) == "Repainted less than 1 % of the picture."
