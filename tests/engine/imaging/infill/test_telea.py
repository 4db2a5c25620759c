"""OpenCV's infill, an extra."""

import sys

import numpy as np
import pytest

from engine.draft_painter import DraftPainter
from engine.errors import PaintingFailed
from engine.imaging.infill.telea import telea
from pictures.recipe import Infill
from pictures.recipe.settings import PaintSettings


def test_colours_run_into_the_hole() -> None:
    pixels = np.zeros((20, 30, 3), np.uint8)
    pixels[:] = np.linspace(50, 200, 30).astype(np.uint8)[np.newaxis, :, np.newaxis]
    mask = np.zeros((20, 30), np.bool_)
    mask[8:12, 13:17] = True
    before = pixels.copy()
    pixels[mask] = 0
    telea(mask, pixels, 0)
    assert (abs(pixels.astype(int) - before) < 20).all()


def test_where_opencv_is_not_installed_a_sentence_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "cv2", None)
    with pytest.raises(PaintingFailed, match="needs OpenCV"):
        DraftPainter().resolve(PaintSettings(infill=Infill.CV2))
