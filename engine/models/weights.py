"""Find a profile's weights on this machine, or download them."""

import errno
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from engine.errors import INSTALL_EXTRA, ModelMissing
from engine.models.profiles import Profile

WEIGHT_PATTERNS = ["model_index.json", "*/*.json", "*/*.txt", "*/*.model", "*/*.safetensors"]
"""The files that a diffusers model needs: no pickles, and no second copy of all weights in one file."""

DUPLICATE_PATTERNS = ["*.fp16.*", "*.non_ema.*", "*onnx*", "*openvino*"]
"""The same weights in another precision or format."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Weights:
    """The files of a model."""

    path: Path
    """A folder of diffusers, or one .safetensors file."""
    config: Path | None = None
    """For one file: a diffusers folder of the same kind, whose configuration describes it."""
    lora: Path | None = None
    """A file or folder with a LoRA."""


def find_weights(profile: Profile) -> Weights | None:
    """Return the complete weights of a profile in huggingface_hub's cache; None if a part is missing."""
    folder = profile.repository and _cached(profile.repository)
    if not folder:
        return None
    lora = _cached(profile.lora) if profile.lora else None
    if profile.lora and not lora:
        return None
    return Weights(path=folder, lora=lora)


def download(profile: Profile, fetch: Callable[..., object] | None = None) -> None:
    """Download a profile's weights, with progress on standard error; a second try resumes.

    Raises ModelMissing, with the reason, where it fails.
    """
    fetch = fetch or _snapshot_download()
    try:
        if profile.repository:
            fetch(profile.repository, allow_patterns=WEIGHT_PATTERNS, ignore_patterns=DUPLICATE_PATTERNS)
        if profile.lora:
            fetch(profile.lora, allow_patterns=["*.safetensors"])
    except OSError as cause:
        raise ModelMissing(
            "{model} could not be downloaded: {reason}",
            code="model_download_failed",
            model=profile.name,
            reason=_reason(cause, profile),
        ) from cause


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
    # By name: huggingface_hub is an optional dependency, and its errors inherit OSError.
    kind = type(cause).__name__
    if cause.errno == errno.ENOSPC:
        return "the disk is full. Free some space and run the command again; it resumes."
    if kind == "GatedRepoError":
        return (
            "you must accept its licence first. "
            f"Do so on https://huggingface.co/{profile.repository}, then run `hf auth login`."
        )
    if kind == "RepositoryNotFoundError":
        return f"{profile.repository} is not on huggingface.co."
    return "can't reach huggingface.co. Check the connection and run the command again; it resumes."


def _cached(repository: str) -> Path | None:
    try:
        folder = _snapshot_download()(repository, local_files_only=True)
    except (OSError, ModelMissing):
        return None
    path = Path(str(folder))
    parts = [part for part in path.iterdir() if part.is_dir() and list(part.glob("config.json"))]
    complete = all(list(part.glob("*.safetensors")) for part in parts if part.name in _PARTS_WITH_WEIGHTS)
    return path if complete else None


_PARTS_WITH_WEIGHTS = ("unet", "transformer", "vae", "text_encoder", "text_encoder_2")


def _snapshot_download() -> Callable[..., object]:
    try:
        from huggingface_hub import snapshot_download  # noqa: PLC0415 - optional
    except ImportError as cause:
        raise not_installed_error() from cause
    return snapshot_download
