"""A model's own safety checker, and what becomes of what it flags."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from diffusers.pipelines.stable_diffusion.safety_checker import StableDiffusionSafetyChecker
from transformers import CLIPConfig, CLIPImageProcessor

from engine.errors import PaintingFailed
from engine.models.load_options import LoadOptions, Safety
from engine.outpaint import OutpaintResult, outpaint
from engine.painter_registry import PainterRegistry
from pictures.geometry import Outcrop, Size
from pictures.limits import Limits
from tests.engine.diffusion import models
from tests.engine.pictures import ignore_progress, natural, recipe

SMALL = {
    "hidden_size": 16,
    "intermediate_size": 16,
    "num_hidden_layers": 1,
    "num_attention_heads": 2,
    "projection_dim": 16,
}
ALWAYS, NEVER = -2.0, 2.0
"""Cosines that any picture exceeds, and none."""


def model_with_checker(folder: Path, threshold: float) -> Path:
    """Return the folder of a small model whose checker flags everything or nothing."""
    pipe = models.sd(folder)
    torch.manual_seed(0)
    vision = {**SMALL, "image_size": 32, "patch_size": 16}
    checker: Any = StableDiffusionSafetyChecker(
        CLIPConfig(text_config=SMALL, vision_config=vision, projection_dim=16)
    )
    with torch.no_grad():
        checker.concept_embeds.normal_()
        checker.special_care_embeds.normal_()
        checker.concept_embeds_weights.fill_(threshold)
        checker.special_care_embeds_weights.fill_(NEVER)
    pipe.register_modules(
        safety_checker=checker.eval(),
        feature_extractor=CLIPImageProcessor(size={"shortest_edge": 32}, crop_size=32),
    )
    pipe.save_pretrained(folder / "model")
    return folder / "model"


def painted(folder: Path, safety: Safety) -> list[OutpaintResult]:
    painter = PainterRegistry(str(folder), options=LoadOptions(safety=safety)).painter_for("auto")
    return list(
        outpaint(
            natural(Size(width=64, height=64)),
            recipe(Outcrop(top=16)).model_copy(update={"steps": 2}),
            variations=2,
            painter=painter,
            limits=Limits(),
            on_progress=ignore_progress,
        )
    )


def test_a_flagged_picture_says_so_in_its_recipe_and_is_whole(tmp_path: Path) -> None:
    folder = model_with_checker(tmp_path, ALWAYS)
    flagged = painted(folder, Safety.SPOILER)
    assert [each.recipe.flagged for each in flagged] == [True, True]
    plain = painted(folder, Safety.OFF)
    assert [each.recipe.flagged for each in plain] == [False, False]
    for one, other in zip(flagged, plain, strict=True):
        assert np.array_equal(one.picture.pixels, other.picture.pixels)


def test_a_harmless_picture_is_not_flagged(tmp_path: Path) -> None:
    folder = model_with_checker(tmp_path, NEVER)
    for safety in Safety:
        assert not any(each.recipe.flagged for each in painted(folder, safety))


def test_a_blocked_picture_is_a_sentence(tmp_path: Path) -> None:
    folder = model_with_checker(tmp_path, ALWAYS)
    with pytest.raises(PaintingFailed, match="safety checker blocked this picture"):
        painted(folder, Safety.BLOCK)


def test_a_checker_that_nobody_asks_is_not_loaded(tmp_path: Path) -> None:
    folder = model_with_checker(tmp_path, ALWAYS)
    (folder / "safety_checker" / "model.safetensors").unlink()
    assert painted(folder, Safety.OFF)


def test_a_model_without_a_checker_paints_all_the_same(tmp_path: Path) -> None:
    models.sd(tmp_path).save_pretrained(tmp_path / "plain")
    assert not any(each.recipe.flagged for each in painted(tmp_path / "plain", Safety.BLOCK))
