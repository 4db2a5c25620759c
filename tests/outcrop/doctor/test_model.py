"""What `outcrop doctor` says of who paints."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from engine.models.profiles import PROFILES
from outcrop.doctor.check import Status
from outcrop.doctor.model import check_model
from outcrop.settings import Settings, read_settings

PROFILE = PROFILES["flux-fill"]


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "cache"
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(folder))
    return folder


@pytest.fixture
def configured(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Settings]:
    monkeypatch.chdir(tmp_path)

    def configure(**settings: str) -> Settings:
        for name, value in settings.items():
            monkeypatch.setenv(name, value)
        return read_settings()

    return configure


def pulled(cache: Path) -> None:
    """Put there what a pull of the profile leaves, without the weights' bytes."""
    entry = cache / f"models--{str(PROFILE.repository).replace('/', '--')}"
    (entry / "refs").mkdir(parents=True)
    (entry / "refs" / "main").write_text("a" * 40)
    for part in ("transformer", "vae", "text_encoder", "text_encoder_2"):
        folder = entry / "snapshots" / ("a" * 40) / part
        folder.mkdir(parents=True)
        (folder / "config.json").write_text("{}")
        (folder / "model.safetensors").write_bytes(b"")


def test_without_weights_the_draft_paints(cache: Path, configured: Callable[..., Settings]) -> None:
    assert check_model(configured()).mark is Status.ASIDE
    assert check_model(configured(OUTCROP_MODEL="draft")).mark is Status.GOOD


def test_without_a_gpu_auto_is_the_draft_whatever_is_here(
    cache: Path, configured: Callable[..., Settings], monkeypatch: pytest.MonkeyPatch
) -> None:
    pulled(cache)
    monkeypatch.setattr("outcrop.doctor.model.gpu_memory", lambda: None)
    said = check_model(configured())
    assert said.mark is Status.ASIDE
    assert "`auto` is the draft" in said.text


def test_the_best_model_here_is_named_with_its_licence(
    cache: Path, configured: Callable[..., Settings], monkeypatch: pytest.MonkeyPatch
) -> None:
    pulled(cache)
    monkeypatch.setattr("outcrop.doctor.model.gpu_memory", lambda: 80 * 2**30)
    for name in ("auto", PROFILE.name):
        said = check_model(configured(OUTCROP_MODEL=name))
        assert said.mark is Status.GOOD
        assert PROFILE.name in said.text
        assert PROFILE.licence in said.text


def test_a_model_that_is_not_here_is_to_be_pulled_after_its_licence(
    cache: Path, configured: Callable[..., Settings]
) -> None:
    said = check_model(configured(OUTCROP_MODEL=PROFILE.name))
    assert said.mark is Status.BAD
    assert f"run `outcrop models pull {PROFILE.name}`" in said.text
    assert "accept it on huggingface.co first" in said.text


def test_a_machine_that_only_joins_a_bus_needs_no_weights(
    cache: Path, configured: Callable[..., Settings]
) -> None:
    settings = configured(OUTCROP_MODEL=PROFILE.name, OUTCROP_BUS_URL="nats://attic:4222")
    assert check_model(settings).mark is Status.ASIDE


def test_a_folder_is_looked_into(configured: Callable[..., Settings], tmp_path: Path) -> None:
    folder = tmp_path / "mine"
    folder.mkdir()
    settings = configured(OUTCROP_MODEL=str(folder))
    assert check_model(settings).mark is Status.BAD
    (folder / "model_index.json").write_text(json.dumps({"_class_name": "FluxFillPipeline"}))
    said = check_model(settings)
    assert said.mark is Status.GOOD
    assert "Flux Fill" in said.text


def test_a_name_that_only_engines_know_is_no_fault(configured: Callable[..., Settings]) -> None:
    assert check_model(configured(OUTCROP_MODEL="aunt-mays-model")).mark is Status.ASIDE
