"""Weights in the cache of huggingface_hub."""

import errno
from pathlib import Path
from typing import Any

import pytest
from huggingface_hub import errors

from engine.errors import ModelMissing
from engine.models.profiles import PROFILES
from engine.models.weights import download, find_weights
from tests.engine.diffusion import models

PROFILE = PROFILES["sd15-inpaint"]


def cached(cache: Path, repository: str) -> Path:
    """Return the folder where the cache keeps a snapshot."""
    entry = cache / f"models--{repository.replace('/', '--')}"
    (entry / "refs").mkdir(parents=True)
    (entry / "refs" / "main").write_text("a" * 40)
    return entry / "snapshots" / ("a" * 40)


def test_what_was_never_pulled_is_not_here() -> None:
    assert find_weights(PROFILE) is None


def test_a_whole_snapshot_is_found(tmp_path: Path, empty_cache: Path) -> None:
    folder = cached(empty_cache, str(PROFILE.repository))
    models.sd(tmp_path).save_pretrained(folder)
    weights = find_weights(PROFILE)
    assert weights is not None
    assert weights.path == folder
    (folder / "unet" / "diffusion_pytorch_model.safetensors").unlink()
    assert find_weights(PROFILE) is None, "half a download is no model"


def test_a_profile_with_a_lora_needs_both(tmp_path: Path, empty_cache: Path) -> None:
    profile = PROFILES["sd15-inpaint-lcm"]
    models.sd(tmp_path).save_pretrained(cached(empty_cache, str(profile.repository)))
    assert find_weights(profile) is None
    lora = cached(empty_cache, str(profile.lora))
    lora.mkdir(parents=True)
    weights = find_weights(profile)
    assert weights is not None
    assert weights.lora == lora


def test_pull_asks_for_safe_files_only_and_once(tmp_path: Path) -> None:
    asked: dict[str, dict[str, Any]] = {}

    def fetch(repository: str, **options: Any) -> None:
        asked[repository] = options

    download(PROFILES["sd15-inpaint-lcm"], fetch)
    assert set(asked) == {PROFILE.repository, "latent-consistency/lcm-lora-sdv1-5"}
    wanted = asked[str(PROFILE.repository)]
    assert "*/*.safetensors" in wanted["allow_patterns"]
    assert not any("bin" in pattern for pattern in wanted["allow_patterns"])
    assert "*.fp16.*" in wanted["ignore_patterns"]


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (OSError(errno.ENOSPC, "No space left on device"), "the disk is full"),
        (errors.OfflineModeIsEnabled("offline"), "can't reach"),
        (ConnectionError("refused"), "can't reach"),
    ],
)
def test_a_pull_that_fails_is_a_sentence(error: Exception, sentence: str) -> None:
    def fetch(_repository: str, **_options: Any) -> None:
        raise error

    with pytest.raises(ModelMissing, match=f"sd15-inpaint could not be downloaded: .*{sentence}"):
        download(PROFILE, fetch)
