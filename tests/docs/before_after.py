"""Show a picture and what was painted around it, side by side."""

from pathlib import Path

from PIL import Image, ImageDraw

from pictures.geometry import Outcrop, Size

GAP = 24
"""Pixels between the two."""

EMPTY = (139, 148, 158, 40)
"""Of what is not painted yet: visible on a light and on a dark page."""

OUTLINE = (255, 255, 255, 255)
SHADE = (0, 0, 0, 170)
"""Under the outline, so that it shows on any picture."""

DASH, SPACE = 9, 6


def before_after(source: Path, result: Path, sides: Outcrop) -> Image.Image:
    """Return both on one transparent picture, the old frame outlined on the right."""
    before = Image.open(source).convert("RGBA")
    after = Image.open(result).convert("RGBA")
    box = sides.known_box(Size(width=before.width, height=before.height))
    sheet = Image.new("RGBA", (2 * after.width + GAP, after.height), (0, 0, 0, 0))
    sheet.paste(EMPTY, (0, 0, after.width, after.height))
    sheet.paste(before, (box.left, box.top))
    sheet.paste(after, (after.width + GAP, 0))
    _outline(sheet, (after.width + GAP + box.left, box.top, box.width, box.height))
    return sheet


def _outline(sheet: Image.Image, frame: tuple[int, int, int, int]) -> None:
    left, top, width, height = frame
    draw = ImageDraw.Draw(sheet)
    corners = [(left, top), (left + width, top), (left + width, top + height), (left, top + height)]
    for (x, y), (to_x, to_y) in zip(corners, corners[1:] + corners[:1], strict=True):
        length = abs(to_x - x) + abs(to_y - y)
        along = ((to_x - x) // length, (to_y - y) // length)
        for start in range(0, length, DASH + SPACE):
            end = min(start + DASH, length)
            dash = [(x + along[0] * at, y + along[1] * at) for at in (start, end)]
            draw.line(dash, fill=SHADE, width=4)
            draw.line(dash, fill=OUTLINE, width=2)
