"""The painter that uses a diffusion model."""

from collections.abc import Callable, Generator, Mapping
from dataclasses import replace
from typing import Self, TypeVar

import diffusers
import torch
import transformers

from engine.diffusion.denoising.guide import canvas_painter_for
from engine.diffusion.denoising.increment_painter import IncrementPainter
from engine.diffusion.denoising.progress import ProgressTracker
from engine.diffusion.errors import OutOfMemory
from engine.diffusion.pipelines.load import load_model, local_placement
from engine.diffusion.pipelines.memory import Memory, translate_oom
from engine.diffusion.pipelines.model import Model
from engine.diffusion.pipelines.safety_checker import SafetyChecker
from engine.diffusion.pipelines.scheduler_registry import choose_scheduler
from engine.diffusion.settings import ResolvedSettings
from engine.imaging.infill.methods import check_available
from engine.models.fingerprint import fingerprint
from engine.models.load_options import LoadOptions, Safety
from engine.models.profiles import Profile
from engine.models.weights import Weights
from engine.painter import Canvas, ProgressCallback
from engine.planning.resize import enlarge_to_window, restore_size
from engine.planning.window_cover import MARGIN_DIVISOR
from pictures.picture import Samples
from pictures.recipe import FLAGGED
from pictures.recipe.settings import PaintSettings

T = TypeVar("T")


class DiffusionPainter:
    """Paints the unknown part of a canvas through overlapping windows, increment after increment."""

    def __init__(
        self,
        model: Model,
        profile: Profile,
        memory: Memory,
        safety: SafetyChecker | None = None,
        *,
        fingerprint: str | None = None,
    ) -> None:
        """`fingerprint` is a hash that distinguishes weights of the same name."""
        self._model = model
        self._profile = profile
        self._memory = memory
        self._safety = safety or SafetyChecker(model.pipe, Safety.OFF)
        self._fingerprint = fingerprint
        self._flagged = False

    @classmethod
    def load(cls, profile: Profile, weights: Weights, options: LoadOptions) -> Self:
        """Return a painter with a model in memory; raises ModelUnusable for weights that make no model."""
        model = load_model(profile, weights, options)
        return cls(
            model,
            replace(profile, lora=profile.lora or (weights.lora.name if weights.lora else None)),
            Memory(model.pipe, batch_size=local_placement(profile).batch_size),
            SafetyChecker(model.pipe, options.safety),
            fingerprint=fingerprint(weights),
        )

    @property
    def profile(self) -> str:
        """The name of the model's profile."""
        return self._profile.name

    @property
    def settings(self) -> Mapping[str, str]:
        """What the bytes of a result depend on besides the recipe, and whether the last one was flagged."""
        profile, pipe = self._profile, self._model.pipe
        return {
            "model": profile.repository or profile.name,
            **({"model_hash": self._fingerprint} if self._fingerprint else {}),
            **({"lora": profile.lora} if profile.lora else {}),
            "device": str(pipe._execution_device),
            "dtype": str(pipe.dtype).removeprefix("torch."),
            "threads": str(torch.get_num_threads()),
            "rows": str(self._memory.batching.size),  # the key is in recipes on disk
            "window": str(profile.window),
            "overlap": f"1/{MARGIN_DIVISOR // 2}",
            "torch": torch.__version__,
            "diffusers": diffusers.__version__,
            "transformers": transformers.__version__,
            **(FLAGGED if self._flagged else {}),
        }

    def resolve(self, settings: PaintSettings) -> PaintSettings:
        """Return the settings with the profile's defaults.

        Raises UnsupportedSetting for bad values, PaintingFailed for an infill that is not installed.
        """
        resolved = self._resolved(settings)
        if self._model.is_inpainting and resolved.strength == 1:
            return PaintSettings(**dict(resolved) | {"infill": None, "tile_size": None})
        check_available(resolved.infill)
        return PaintSettings(**dict(resolved))

    def paint(
        self, canvas: Canvas, settings: PaintSettings, seeds: tuple[int, ...], on_progress: ProgressCallback
    ) -> Generator[Samples, None, None]:
        """Yield one picture per seed; the callback is called after every forward pass.

        Raises PaintingFailed where the model needs more memory than there is or returns NaN or infinity, and
        whatever the callback raises; the painter stays usable.
        """
        resolved, progress = self._resolved(settings), ProgressTracker(on_progress)
        canvas_painter = canvas_painter_for(
            enlarge_to_window(canvas, self._profile.window), self._model, self._profile, resolved
        )
        try:
            denoiser = self._retry_on_oom(
                lambda: self._model.with_prompt(resolved.prompt, resolved.negative or "", resolved.guidance)
            )
            for number, seed in enumerate(seeds):

                def variation(number: int = number, seed: int = seed) -> Samples:
                    batching = self._memory.batching
                    passes = canvas_painter.forward_passes(batching, uses_cfg=denoiser.uses_cfg)
                    progress.set_total(done=number * passes, total=len(seeds) * passes)
                    return canvas_painter.paint(
                        IncrementPainter(self._model, denoiser, batching, progress), seed
                    )

                finished = restore_size(self._retry_on_oom(variation), canvas)
                self._flagged = self._safety.is_flagged(finished)
                yield finished
        finally:
            self._flagged = False
            self._memory.free()

    def _retry_on_oom(self, work: Callable[[], T]) -> T:
        """Return what the work returns, starting over with less memory each time it runs out."""
        while True:
            try:
                with translate_oom():
                    return work()
            except OutOfMemory:
                self._memory.reduce()

    def _resolved(self, settings: PaintSettings) -> ResolvedSettings:
        default = self._profile.scheduler
        scheduler = choose_scheduler(settings.scheduler, default=default, is_flow=self._model.is_flow)
        return ResolvedSettings.of(settings.model_copy(update={"scheduler": scheduler}), self._profile)
