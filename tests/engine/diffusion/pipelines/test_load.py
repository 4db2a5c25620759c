"""Models saved in folders and files, loaded as production loads them."""

import socket
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from diffusers import StableDiffusionPipeline
from peft import LoraConfig
from peft.utils import get_peft_model_state_dict

from engine.diffusion.painter import DiffusionPainter
from engine.diffusion.pipelines.memory import Memory
from engine.errors import ModelUnusable
from engine.imaging.canvas import place_on_canvas
from engine.models.load_options import LoadOptions
from engine.models.model_folder import read_profile
from engine.models.weights import Weights
from engine.painter import Painter
from engine.painter_registry import PainterRegistry
from pictures.geometry import Outcrop, Size
from pictures.picture import Pixels, rounded
from pictures.recipe.settings import PaintSettings
from tests.engine.diffusion import models
from tests.engine.diffusion.one_file import one_file
from tests.engine.diffusion.test_painter import BUILT
from tests.engine.pictures import ignore_progress, natural


@pytest.fixture(autouse=True)
def _no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_arguments: Any) -> None:
        raise AssertionError("somebody wanted to reach a network")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)


def painted(painter: Painter) -> Pixels:
    canvas = place_on_canvas(natural(Size(width=100, height=64)), Outcrop(top=32))
    (result,) = painter.paint(canvas, PaintSettings(prompt="a lake", steps=3), (1,), ignore_progress)
    return rounded(result.astype(np.float32))


@pytest.mark.parametrize("family", BUILT)
def test_a_folder_paints_what_diffusers_finds_in_it(family: str, tmp_path: Path) -> None:
    _, build = BUILT[family]
    model = build(tmp_path)
    folder = tmp_path / "My Model 1.5"
    model.pipe.save_pretrained(folder)
    painters = PainterRegistry(str(folder))
    painter = painters.painter_for("auto")
    assert painters.profiles == ("my-model-1-5", "draft")
    assert painter.profile == "my-model-1-5"
    assert painter.settings["dtype"] == "float32"
    model.pipe = type(model.pipe).from_pretrained(folder)
    expected = DiffusionPainter(model, read_profile(folder), Memory(model.pipe, batch_size=1))
    assert np.array_equal(painted(painter), painted(expected))


def test_a_model_for_whole_pictures_extends_them_too(tmp_path: Path) -> None:
    pipe = models.sd(tmp_path, in_channels=4)
    StableDiffusionPipeline(**pipe.components, requires_safety_checker=False).save_pretrained(
        tmp_path / "text"
    )
    assert painted(PainterRegistry(str(tmp_path / "text")).painter_for("auto")).shape == (96, 100, 3)


def test_the_model_stays_until_another_is_wanted(tmp_path: Path) -> None:
    models.sd(tmp_path).save_pretrained(tmp_path / "one")
    painters = PainterRegistry(str(tmp_path / "one"))
    assert painters.painter_for("one") is painters.painter_for("auto")


def test_a_lora_changes_what_is_painted(tmp_path: Path) -> None:
    pipe = models.sd(tmp_path)
    pipe.save_pretrained(tmp_path / "plain")
    torch.manual_seed(1)
    pipe.unet.add_adapter(LoraConfig(r=2, init_lora_weights=False, target_modules=["to_k", "to_q"]))
    pipe.save_lora_weights(tmp_path / "lora", unet_lora_layers=get_peft_model_state_dict(pipe.unet))
    (lora,) = (tmp_path / "lora").iterdir()
    plain = PainterRegistry(str(tmp_path / "plain")).painter_for("auto")
    changed = PainterRegistry(str(tmp_path / "plain"), lora=lora).painter_for("auto")
    assert not np.array_equal(painted(plain), painted(changed))
    assert changed.settings["lora"] == lora.name
    assert changed.settings["model_hash"] != plain.settings["model_hash"]


def test_one_file_needs_a_folder_that_says_what_is_in_it(tmp_path: Path) -> None:
    pipe = models.sd(tmp_path)
    pipe.save_pretrained(tmp_path / "config")
    file = one_file(pipe, tmp_path / "mine.safetensors")
    painter = PainterRegistry(str(file), config=tmp_path / "config").painter_for("mine")
    expected = PainterRegistry(str(tmp_path / "config")).painter_for("auto")
    assert np.array_equal(painted(painter), painted(expected))


def test_one_file_alone_is_refused(tmp_path: Path) -> None:
    pipe = models.sd(tmp_path)
    pipe.save_pretrained(tmp_path / "config")
    file = one_file(pipe, tmp_path / "mine.safetensors")
    with pytest.raises(ModelUnusable, match="doesn't say what kind of model it is"):
        DiffusionPainter.load(read_profile(tmp_path / "config"), Weights(path=file), LoadOptions())


def test_pickles_are_refused(tmp_path: Path) -> None:
    folder = tmp_path / "old"
    models.sd(tmp_path).save_pretrained(folder, safe_serialization=False)
    with pytest.raises(ModelUnusable, match=r"old holds .*\.bin, a pickle, which can run any code"):
        PainterRegistry(str(folder)).painter_for("auto")


def test_pickles_are_read_where_that_is_allowed(tmp_path: Path) -> None:
    folder = tmp_path / "old"
    pipe = models.sd(tmp_path)
    pipe.save_pretrained(folder, safe_serialization=False)
    pipe.save_pretrained(tmp_path / "new")
    old = PainterRegistry(str(folder), options=LoadOptions(allow_pickles=True)).painter_for("auto")
    assert np.array_equal(painted(old), painted(PainterRegistry(str(tmp_path / "new")).painter_for("auto")))


def test_a_pickle_in_one_file_is_refused(tmp_path: Path) -> None:
    models.sd(tmp_path).save_pretrained(tmp_path / "config")
    (tmp_path / "model.ckpt").write_bytes(b"")
    with pytest.raises(ModelUnusable, match=r"model\.ckpt may be a pickle"):
        DiffusionPainter.load(
            read_profile(tmp_path / "config"), Weights(path=tmp_path / "model.ckpt"), LoadOptions()
        )


def test_damaged_weights_are_a_sentence(tmp_path: Path) -> None:
    models.sd(tmp_path).save_pretrained(tmp_path / "torn")
    file = tmp_path / "torn" / "unet" / "diffusion_pytorch_model.safetensors"
    file.write_bytes(file.read_bytes()[:1000])
    with pytest.raises(ModelUnusable, match="The model torn can't be loaded: "):
        PainterRegistry(str(tmp_path / "torn")).painter_for("auto")


@pytest.mark.parametrize(
    ("index", "sentence"),
    [
        (None, "isn't a diffusers model: model_index.json can't be read"),
        ("[", "isn't a diffusers model: model_index.json can't be read"),
        ("[]", "isn't a JSON object"),
        ('{"_class_name": "KandinskyPipeline"}', "is a KandinskyPipeline model, which isn't supported"),
    ],
)
def test_a_folder_without_a_model_of_ours_is_a_sentence(
    tmp_path: Path, index: str | None, sentence: str
) -> None:
    if index is not None:
        (tmp_path / "model_index.json").write_text(index)
    with pytest.raises(ModelUnusable, match=sentence):
        PainterRegistry(str(tmp_path))
