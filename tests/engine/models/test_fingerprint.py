"""Weights by their hash."""

import shutil
from pathlib import Path

import pytest

from engine.models.fingerprint import fingerprint
from engine.models.weights import Weights


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for part in ("unet", "vae"):
        (tmp_path / "model" / part).mkdir(parents=True)
        (tmp_path / "model" / part / "model.safetensors").write_bytes(part.encode() * 100_000)
        (tmp_path / "model" / part / "config.json").write_text("{}")
    return tmp_path / "model"


def test_a_copy_elsewhere_has_the_same(folder: Path, tmp_path: Path) -> None:
    shutil.copytree(folder, tmp_path / "copy" / "of it")
    assert fingerprint(Weights(path=folder)) == fingerprint(Weights(path=tmp_path / "copy" / "of it"))


@pytest.mark.parametrize("place", [0, 170_000, 299_999])
def test_other_numbers_of_the_same_shapes_have_another(folder: Path, place: int) -> None:
    before = fingerprint(Weights(path=folder))
    with (folder / "unet" / "model.safetensors").open("r+b") as file:
        file.seek(place)
        file.write(b"!")
    assert fingerprint(Weights(path=folder)) != before


def test_a_part_more_or_a_lora_on_top_have_another(folder: Path) -> None:
    plain = fingerprint(Weights(path=folder))
    lora = folder.parent / "style.safetensors"
    lora.write_bytes(b"style")
    assert fingerprint(Weights(path=folder, lora=lora)) != plain
    (folder / "text_encoder").mkdir()
    (folder / "text_encoder" / "model.safetensors").write_bytes(b"words")
    assert fingerprint(Weights(path=folder)) != plain


def test_what_is_said_beside_the_weights_does_not_count(folder: Path) -> None:
    before = fingerprint(Weights(path=folder))
    (folder / "unet" / "README.md").write_text("a fine model")
    assert fingerprint(Weights(path=folder)) == before


def test_one_file_has_one_whatever_it_is_called(tmp_path: Path) -> None:
    one, two = tmp_path / "one.safetensors", tmp_path / "two.safetensors"
    for file in (one, two):
        file.write_bytes(b"weights" * 1000)
    assert fingerprint(Weights(path=one)) == fingerprint(Weights(path=two))


def test_an_empty_file_has_one(tmp_path: Path) -> None:
    (tmp_path / "none.safetensors").touch()
    assert len(fingerprint(Weights(path=tmp_path / "none.safetensors"))) == 16
