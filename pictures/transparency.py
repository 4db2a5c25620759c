"""Holes: the parts of a picture that are painted because they are transparent."""

from pictures.errors import NothingToPaint
from pictures.geometry import Outcrop
from pictures.picture import Picture


def check_holes(picture: Picture, sides: Outcrop) -> None:
    """Raise NothingToPaint unless there are holes or sides to paint, and pixels to keep."""
    holes = picture.holes
    if holes.all():
        raise NothingToPaint(
            "All of this picture is transparent or inside the mask, so there is nothing to continue. "
            "In a mask, white is painted and black is kept (`invert_mask` swaps them).",
            code="nothing_to_keep",
        )
    if not holes.any() and not sides:
        raise NothingToPaint(
            "This picture has no transparent part. Attach a mask of what to paint, or name sides to extend.",
            code="no_holes",
        )


def repainted_share(picture: Picture) -> str:
    """Return a sentence that says how much of a picture is repainted."""
    share = picture.holes.mean()
    percent = "less than 1" if share < 0.01 else f"{share * 100:.0f}"
    return f"Repainted {percent} % of the picture."
