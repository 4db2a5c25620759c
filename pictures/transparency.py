"""Holes: the parts of a picture that are to be painted, told by its alpha."""

from pictures.errors import NothingToPaint
from pictures.geometry import Outcrop
from pictures.picture import Picture


def check_holes(picture: Picture, sides: Outcrop) -> None:
    """Raise NothingToPaint unless there is a hole or a side to paint, and something to keep."""
    holes = picture.holes
    if holes.all():
        raise NothingToPaint(
            "No part of this picture is both opaque and outside the mask, so there is nothing to continue. "
            "In a mask black keeps and white paints; invert_mask turns that round."
        )
    if not holes.any() and not sides:
        raise NothingToPaint(
            "This picture has no transparent part. Give a mask that says what to paint, or sides to extend."
        )


def share_of_holes(picture: Picture) -> str:
    """Say how much of a picture is painted anew."""
    share = picture.holes.mean()
    return (
        f"{'Less than 1' if share < 0.01 else f'{share:.0%}'.rstrip('%')} % of the picture is painted anew."
    )
