"""Load a model: its pipeline, with the right dtype, on the right device."""

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
from engine.models.model_folder import reject_pickles
from engine.models.placement import Placement, choose_placement
from engine.models.profiles import Family, Profile
from engine.models.weights import Weights

log = structlog.get_logger()

PIPELINES: dict[Family, Any] = {
    Family.SD: StableDiffusionInpaintPipeline,
    Family.SDXL: StableDiffusionXLInpaintPipeline,
    Family.FLUX: FluxFillPipeline,
}

LOAD_ERRORS = (OSError, ValueError, KeyError, RuntimeError, TypeError, SingleFileComponentError)
"""What diffusers, transformers and safetensors raise for files that are damaged or do not fit together."""


def load_model(profile: Profile, weights: Weights, options: LoadOptions) -> Model:
    """Return a model, ready to paint on this machine's best device; never uses the network.

    Raises ModelUnusable where the weights do not make a model, or are pickles that were not allowed.
    """
    for library in (diffusers.utils.logging, transformers.utils.logging):
        library.set_verbosity_error()
        library.disable_progress_bar()
    if weights.path.is_dir() and not options.allow_pickles:
        reject_pickles(weights.path)
    if weights.path.is_file() and weights.path.suffix != ".safetensors" and not options.allow_pickles:
        raise ModelUnusable(
            "{file} may be a pickle, which can run any code. Choose a .safetensors file.",
            code="weights_may_be_pickle",
            file=weights.path.name,
        )
    device = best_device()
    log.info("loading", model=profile.name, device=str(device))
    try:
        pipe = _read(profile.family, weights, dtype_for(device), options)
        if weights.lora is not None:
            pipe.load_lora_weights(weights.lora)
    except LOAD_ERRORS as cause:
        raise ModelUnusable(
            "The model {model} can't be loaded: {reason}",
            code="model_does_not_load",
            model=profile.name,
            reason=_first_line(cause),
        ) from cause
    pipe.set_progress_bar_config(disable=True)
    _move_to_device(pipe, profile, device)
    return FluxModel(pipe) if profile.family is Family.FLUX else StableDiffusion(pipe)


def best_device() -> torch.device:
    """Return the device to paint on: a CUDA GPU, Apple's GPU, or the CPU."""
    if torch.cuda.is_available():
        return torch.device("cuda")
    return torch.device("mps" if torch.backends.mps.is_available() else "cpu")


def dtype_for(device: torch.device) -> torch.dtype:
    """Return the dtype to compute in: half precision on a GPU, single on a CPU, where half is slower."""
    if device.type == "cpu":
        return torch.float32
    # bfloat16 has the range of float32; float16 overflows in some VAEs (see TiledVae).
    return torch.bfloat16 if device.type == "cuda" and torch.cuda.is_bf16_supported() else torch.float16


def local_placement(profile: Profile) -> Placement:
    """Return how a model is laid out on this machine's best device."""
    device = best_device()
    memory = torch.cuda.get_device_properties(device).total_memory if device.type == "cuda" else 0
    return choose_placement(profile, device.type, gpu_memory() or 0 if device.type == "mps" else memory)


def _read(family: Family, weights: Weights, dtype: torch.dtype, options: LoadOptions) -> Any:
    pipeline = PIPELINES[family]
    without_checker: dict[str, Any] = {}
    if family is Family.SD and options.safety is Safety.OFF:
        without_checker = {"safety_checker": None, "requires_safety_checker": False}
    if weights.path.is_dir():
        return pipeline.from_pretrained(
            weights.path,
            dtype=dtype,
            local_files_only=True,
            use_safetensors=None if options.allow_pickles else True,
            **without_checker,
        )
    if weights.config is None:
        raise ModelUnusable(
            "{file} doesn't say what kind of model it is. Also name a diffusers folder of the same kind.",
            code="model_config_missing",
            file=weights.path.name,
        )
    # Without `config`, diffusers fetches one from the network in spite of local_files_only.
    return pipeline.from_single_file(
        weights.path, config=str(weights.config), torch_dtype=dtype, local_files_only=True, **without_checker
    )


def _move_to_device(pipe: Any, profile: Profile, device: torch.device) -> None:
    """Move a pipeline to the device, whole or part by part, as memory allows."""
    # SDXL's VAE overflows in float16, and says so in its configuration.
    if pipe.vae.dtype == torch.float16 and pipe.vae.config.force_upcast:
        pipe.vae.to(torch.float32)
    layout = local_placement(profile)
    if layout.channels_last:
        for part in (pipe.vae, getattr(pipe, "unet", None)):
            if part is not None:
                part.to(memory_format=torch.channels_last)
    if layout.offload:
        pipe.enable_model_cpu_offload()
    else:
        pipe.to(device)


def _first_line(cause: Exception) -> str:
    return str(cause).strip().partition("\n")[0] or type(cause).__name__
