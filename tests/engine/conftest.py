"""No test of the engine sees the weights of the machine that it runs on, or a network."""

from pathlib import Path

import pytest


@pytest.fixture(autouse=True)
def empty_cache(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    empty = tmp_path_factory.mktemp("cache")
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(empty))
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    return empty
