"""`outcrop doctor` checks that the configured model can paint."""

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


def install(cache: Path) -> None:
    """Create the files that downloading the profile leaves, with empty weights."""
    entry = cache / f"models--{str(PROFILE.repository).replace('/', '--')}"
    (entry / "refs").mkdir(parents=True)
    (entry / "refs" / "main").write_text("a" * 40)
    for part in ("transformer", "vae", "text_encoder", "text_encoder_2"):
        folder = entry / "snapshots" / ("a" * 40) / part
        folder.mkdir(parents=True)
        (folder / "config.json").write_text("{}")
        (folder / "model.safetensors").write_bytes(b"")


def test_without_weights_the_draft_painter_is_used(cache: Path, configured: Callable[..., Settings]) -> None:
    assert check_model(configured()).status is Status.SKIPPED
    assert check_model(configured(OUTCROP_MODEL="draft")).status is Status.OK


def test_without_a_gpu_auto_is_the_draft_painter_whatever_is_installed(
    cache: Path, configured: Callable[..., Settings], monkeypatch: pytest.MonkeyPatch
) -> None:
    install(cache)
    monkeypatch.setattr("outcrop.doctor.model.gpu_memory", lambda: None)
    result = check_model(configured())
    assert result.status is Status.SKIPPED
    assert "`auto` uses the draft painter" in result.text


def test_the_best_installed_model_is_named_with_its_licence(
    cache: Path, configured: Callable[..., Settings], monkeypatch: pytest.MonkeyPatch
) -> None:
    install(cache)
    monkeypatch.setattr("outcrop.doctor.model.gpu_memory", lambda: 80 * 2**30)
    for name in ("auto", PROFILE.name):
        result = check_model(configured(OUTCROP_MODEL=name))
        assert result.status is Status.OK
        assert PROFILE.name in result.text
        assert PROFILE.licence in result.text


def test_a_missing_model_says_how_to_download_it_and_its_licence(
    cache: Path, configured: Callable[..., Settings]
) -> None:
    result = check_model(configured(OUTCROP_MODEL=PROFILE.name))
    assert result.status is Status.FAILED
    assert f"run `outcrop models pull {PROFILE.name}`" in result.text
    assert "accept it on huggingface.co first" in result.text


def test_with_a_bus_url_weights_may_be_on_another_machine(
    cache: Path, configured: Callable[..., Settings]
) -> None:
    settings = configured(OUTCROP_MODEL=PROFILE.name, OUTCROP_BUS_URL="nats://attic:4222")
    assert check_model(settings).status is Status.SKIPPED


def test_a_model_folder_is_read(configured: Callable[..., Settings], tmp_path: Path) -> None:
    folder = tmp_path / "mine"
    folder.mkdir()
    settings = configured(OUTCROP_MODEL=str(folder))
    assert check_model(settings).status is Status.FAILED
    (folder / "model_index.json").write_text(json.dumps({"_class_name": "FluxFillPipeline"}))
    result = check_model(settings)
    assert result.status is Status.OK
    assert "Flux Fill" in result.text


def test_an_unknown_name_may_be_a_folder_on_an_engine(configured: Callable[..., Settings]) -> None:
    assert check_model(configured(OUTCROP_MODEL="aunt-mays-model")).status is Status.SKIPPED
