"""Find a profile's weights on this machine, or bring them here."""

import errno
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from engine.errors import INSTALL_EXTRA, ModelMissing
from engine.models.profiles import Profile

FILES = ["model_index.json", "*/*.json", "*/*.txt", "*/*.model", "*/*.safetensors"]
"""What a folder of diffusers needs; no pickles, no second copy of the weights in one file."""

SPARE = ["*.fp16.*", "*.non_ema.*", "*onnx*", "*openvino*"]
"""The same weights once more."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Weights:
    """Where a model lies."""

    path: Path
    """A folder of diffusers, or one .safetensors file."""
    config: Path | None = None
    """For a file: the folder of diffusers that says what is in it."""
    lora: Path | None = None
    """A file or folder of weights on top."""


def find_weights(profile: Profile) -> Weights | None:
    """Return the whole weights of a profile in the cache of huggingface_hub, None where a part is missing."""
    folder = profile.repository and _cached(profile.repository)
    if not folder:
        return None
    lora = _cached(profile.lora) if profile.lora else None
    if profile.lora and not lora:
        return None
    return Weights(path=folder, lora=lora)


def download(profile: Profile, fetch: Callable[..., object] | None = None) -> None:
    """Bring a profile's weights to this machine, showing progress on standard error; a second try goes on.

    Raises ModelMissing where that does not work, with a sentence that says why.
    """
    fetch = fetch or _snapshot_download()
    try:
        if profile.repository:
            fetch(profile.repository, allow_patterns=FILES, ignore_patterns=SPARE)
        if profile.lora:
            fetch(profile.lora, allow_patterns=["*.safetensors"])
    except OSError as cause:
        raise ModelMissing(f"{profile.name} could not be brought here: {_reason(cause, profile)}") from cause


def missing_error(profile: Profile) -> ModelMissing:
    """Return the error for a profile whose weights are not on this machine."""
    return ModelMissing(
        "{model} is not on this machine; run `outcrop models pull {model}`.",
        code="model_missing",
        model=profile.name,
    )


def not_installed_error() -> ModelMissing:
    """Return the error for an installation without torch and diffusers, which are an optional part."""
    return ModelMissing(
        "Diffusion support isn't installed. Run `{command}`.",
        code="diffusion_not_installed",
        command=INSTALL_EXTRA.format(extra="diffusion"),
    )


def _reason(cause: OSError, profile: Profile) -> str:
    kind = type(cause).__name__
    if cause.errno == errno.ENOSPC:
        return "the disk is full. Make room and run it again; it goes on where it stopped."
    if kind == "GatedRepoError":
        return (
            "its owner asks you to accept the licence first. "
            f"Do so on https://huggingface.co/{profile.repository}, then run `hf auth login`."
        )
    if kind == "RepositoryNotFoundError":
        return f"{profile.repository} is not on huggingface.co."
    return (
        "huggingface.co cannot be reached. "
        "Check the connection and run it again; it goes on where it stopped."
    )


def _cached(repository: str) -> Path | None:
    try:
        folder = _snapshot_download()(repository, local_files_only=True)
    except (OSError, ModelMissing):
        return None
    path = Path(str(folder))
    parts = [part for part in path.iterdir() if part.is_dir() and list(part.glob("config.json"))]
    whole = all(list(part.glob("*.safetensors")) for part in parts if part.name in _WEIGHTY)
    return path if whole else None


_WEIGHTY = ("unet", "transformer", "vae", "text_encoder", "text_encoder_2")


def _snapshot_download() -> Callable[..., object]:
    try:
        from huggingface_hub import snapshot_download  # noqa: PLC0415 - part of the extra
    except ImportError as cause:
        raise not_installed_error() from cause
    return snapshot_download
