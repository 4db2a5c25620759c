"""`outcrop models`, and `outcrop fix` with a model."""

import json
from pathlib import Path

import numpy as np
import pytest

from engine.models.profiles import NEGATIVE, PROFILES
from outcrop.main import main
from pictures.decode import decode
from pictures.encode import encode_png
from pictures.geometry import Outcrop, Size
from pictures.limits import Limits
from pictures.recipe.read import read_own_recipe as read_recipe
from tests.engine.diffusion import models
from tests.engine.pictures import natural, recipe
from tests.samples import lake


@pytest.fixture(autouse=True)
def _no_weights_here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path / "cache"))


def test_the_table_has_every_profile_and_its_licence(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["models"]) == 0
    shown = " ".join(capsys.readouterr().out.split())
    for profile in PROFILES.values():
        assert profile.name in shown
        assert profile.scheduler in shown
    assert "[dev] Non-Commercial" in shown


def test_pull_without_a_network_is_a_sentence(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    assert main(["models", "pull", "sd15-inpaint"]) == 1
    assert "sd15-inpaint could not be downloaded: can't reach huggingface.co" in capsys.readouterr().err


def test_pull_of_an_unknown_model_names_the_known_ones(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["models", "pull", "oil"]) == 2
    assert "choose flux-fill, sdxl-inpaint" in capsys.readouterr().err


def test_fix_paints_with_the_model_in_a_folder(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    models.sd(tmp_path).save_pretrained(tmp_path / "tiny")
    source = natural(Size(width=200, height=150))
    photo = tmp_path / "photo.png"
    photo.write_bytes(encode_png(source, recipe(Outcrop(top=64))))
    arguments = [
        "fix",
        str(photo),
        "-c",
        "top",
        "128",
        "right",
        "64",
        "--model",
        str(tmp_path / "tiny"),
        "-S",
        "5",
    ]
    assert main([*arguments, "--json"]) == 0
    written = Path(json.loads(capsys.readouterr().out)["path"])
    result = decode(written.read_bytes(), Limits()).picture
    assert result.size == Size(width=264, height=278)
    assert np.array_equal(result.pixels[128:, :200], source.pixels)
    used = read_recipe(written.read_bytes())
    assert used is not None
    assert (used.painter, used.scheduler, used.negative) == ("tiny", "dpmpp-2m", NEGATIVE)
    assert used.settings["model"] == "tiny"
    assert str(tmp_path) not in json.dumps(used.settings)


def test_fix_says_how_to_get_a_model_that_is_not_here(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    photo = tmp_path / "photo.png"
    photo.write_bytes(encode_png(lake(), recipe(Outcrop(top=64))))
    assert main(["fix", str(photo), "-c", "top", "64", "--model", "sdxl-inpaint"]) == 1
    assert "sdxl-inpaint is not on this machine; run `outcrop models pull" in capsys.readouterr().err
