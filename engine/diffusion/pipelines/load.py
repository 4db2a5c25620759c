"""Load a model: its pipeline, in the right numbers, in the right memory."""

from typing import Any

import diffusers
import structlog
import torch
import transformers
from diffusers import FluxFillPipeline, StableDiffusionInpaintPipeline, StableDiffusionXLInpaintPipeline
from diffusers.loaders.single_file_utils import SingleFileComponentError

from engine.device import gpu_memory
from engine.diffusion.pipelines.flux_fill import FluxModel
from engine.diffusion.pipelines.model import Model
from engine.diffusion.pipelines.stable_diffusion import StableDiffusion
from engine.errors import ModelUnusable
from engine.models.load_options import LoadOptions, Safety
from engine.models.model_folder import check_safe
from engine.models.placement import Placement, placement
from engine.models.profiles import Family, Profile
from engine.models.weights import Weights

log = structlog.get_logger()

PIPELINES: dict[Family, Any] = {
    Family.SD: StableDiffusionInpaintPipeline,
    Family.SDXL: StableDiffusionXLInpaintPipeline,
    Family.FLUX: FluxFillPipeline,
}

UNREADABLE = (OSError, ValueError, KeyError, RuntimeError, TypeError, SingleFileComponentError)
"""What diffusers, transformers and safetensors raise for files that do not fit together."""


def load_model(profile: Profile, weights: Weights, loading: LoadOptions) -> Model:
    """Return a model, ready to paint on this machine's best device; never looks into a network.

    Raises ModelUnusable where the weights do not make a model, or are pickles that nobody allowed.
    """
    for library in (diffusers.utils.logging, transformers.utils.logging):
        library.set_verbosity_error()
        library.disable_progress_bar()
    if weights.path.is_dir() and not loading.pickles:
        check_safe(weights.path)
    if weights.path.is_file() and weights.path.suffix != ".safetensors" and not loading.pickles:
        raise ModelUnusable(f"{weights.path.name} may be a pickle; choose a .safetensors file.")
    device = best_device()
    log.info("loading", model=profile.name, device=str(device))
    try:
        pipe = _read(profile.family, weights, dtype_for(device), loading)
        if weights.lora is not None:
            pipe.load_lora_weights(weights.lora)
    except UNREADABLE as cause:
        raise ModelUnusable(f"The model {profile.name} cannot be loaded: {_first_line(cause)}") from cause
    pipe.set_progress_bar_config(disable=True)
    _settle(pipe, profile, device)
    return FluxModel(pipe) if profile.family is Family.FLUX else StableDiffusion(pipe)


def best_device() -> torch.device:
    """Return the device to paint on: a CUDA GPU, Apple's, or the CPU."""
    if torch.cuda.is_available():
        return torch.device("cuda")
    return torch.device("mps" if torch.backends.mps.is_available() else "cpu")


def dtype_for(device: torch.device) -> torch.dtype:
    """Return the numbers to compute with: half as long on a GPU, whole on a CPU."""
    if device.type == "cpu":
        return torch.float32
    return torch.bfloat16 if device.type == "cuda" and torch.cuda.is_bf16_supported() else torch.float16


def local_placement(profile: Profile) -> Placement:
    """Return where a model lies on this machine's best device."""
    device = best_device()
    memory = torch.cuda.get_device_properties(device).total_memory if device.type == "cuda" else 0
    return placement(profile, device.type, gpu_memory() or 0 if device.type == "mps" else memory)


def _read(family: Family, weights: Weights, dtype: torch.dtype, loading: LoadOptions) -> Any:
    kind = PIPELINES[family]
    unasked: dict[str, Any] = {}
    if family is Family.SD and loading.safety is Safety.OFF:
        unasked = {"safety_checker": None, "requires_safety_checker": False}
    if weights.path.is_dir():
        return kind.from_pretrained(
            weights.path,
            dtype=dtype,
            local_files_only=True,
            use_safetensors=None if loading.pickles else True,
            **unasked,
        )
    if weights.config is None:
        raise ModelUnusable(
            f"{weights.path.name} does not say what it holds. "
            "Name a folder of diffusers of the same kind too."
        )
    # Without `config`, diffusers fetches one from the network, whatever local_files_only says.
    return kind.from_single_file(
        weights.path, config=str(weights.config), torch_dtype=dtype, local_files_only=True, **unasked
    )


def _settle(pipe: Any, profile: Profile, device: torch.device) -> None:
    """Move a pipeline to where it paints, whole or part by part as memory allows."""
    if pipe.vae.dtype == torch.float16 and pipe.vae.config.force_upcast:
        pipe.vae.to(torch.float32)
    place = local_placement(profile)
    if place.channels_last:
        for part in (pipe.vae, getattr(pipe, "unet", None)):
            if part is not None:
                part.to(memory_format=torch.channels_last)
    if place.offload:
        pipe.enable_model_cpu_offload()
    else:
        pipe.to(device)


def _first_line(cause: Exception) -> str:
    return str(cause).strip().partition("\n")[0] or type(cause).__name__
