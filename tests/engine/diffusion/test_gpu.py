"""The same on a GPU; skipped where there is none."""

from pathlib import Path

import numpy as np
import pytest
import torch

from engine.device import gpu_memory
from engine.imaging.canvas import place_on_canvas
from engine.painter_registry import PainterRegistry
from pictures.geometry import Outcrop, Size
from pictures.picture import Painted, rounded
from pictures.recipe.settings import PaintSettings
from tests.engine.diffusion.test_painter import BUILT
from tests.engine.pictures import ignore_progress, natural

pytestmark = [
    pytest.mark.gpu,
    pytest.mark.skipif(not torch.cuda.is_available(), reason="there is no CUDA GPU here"),
]

CANVAS = place_on_canvas(natural(Size(width=200, height=120)), Outcrop(top=40, right=24))


def painted(painters: PainterRegistry) -> tuple[Painted, Painted]:
    settings = PaintSettings(prompt="a lake", steps=4)
    first, second = painters.painter_for("auto").paint(CANVAS, settings, (1, 2), ignore_progress)
    return first, second


@pytest.mark.parametrize("family", BUILT)
def test_every_family_paints_on_a_gpu_the_same_bytes_again(family: str, tmp_path: Path) -> None:
    BUILT[family][1](tmp_path).pipe.save_pretrained(tmp_path / family)
    painters = PainterRegistry(str(tmp_path / family), memory=gpu_memory())
    settings = painters.painter_for("auto").settings
    assert settings["device"].startswith("cuda")
    assert int(settings["rows"]) > 1
    first, again = painted(painters), painted(painters)
    assert np.array_equal(first, again)
    assert not np.array_equal(*first)
    for picture in first:
        assert np.array_equal(picture[~CANVAS.mask], CANVAS.pixels[~CANVAS.mask])


@pytest.mark.parametrize("family", BUILT)
def test_parts_that_come_one_by_one_paint_the_same(
    family: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    BUILT[family][1](tmp_path).pipe.save_pretrained(tmp_path / family)
    whole = painted(PainterRegistry(str(tmp_path / family)))
    monkeypatch.setattr("engine.models.placement.GIB", 2**60)  # no memory is enough for any profile
    by_parts = painted(PainterRegistry(str(tmp_path / family)))
    for one, other in zip(whole, by_parts, strict=True):
        levels, others = (rounded(samples.astype(np.float32)).astype(int) for samples in (one, other))
        # With offloading batches are smaller. bfloat16 has 8 significant bits: half a level of 255, so that a
        # rounded sample changes by at most one.
        assert np.abs(levels - others).max() <= 1
