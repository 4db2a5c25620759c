"""Paint beyond a picture's frame with a diffusion model."""

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
from engine.diffusion.pipelines.safety_checker import SafetyCheck
from engine.diffusion.pipelines.scheduler_registry import choose_scheduler
from engine.diffusion.settings import ResolvedSettings
from engine.imaging.infill.methods import check_available
from engine.models.fingerprint import fingerprint
from engine.models.load_options import LoadOptions, Safety
from engine.models.profiles import Profile
from engine.models.weights import Weights
from engine.painter import Canvas, ProgressCallback
from engine.planning.resize import enlarge, restore
from engine.planning.window_cover import OVERLAP
from pictures.picture import Samples
from pictures.recipe import FLAGGED
from pictures.recipe.settings import PaintSettings

T = TypeVar("T")


class DiffusionPainter:
    """Paints the unknown part of a canvas through joint windows, ring after ring."""

    def __init__(
        self,
        model: Model,
        profile: Profile,
        memory: Memory,
        safety: SafetyCheck | None = None,
        *,
        fingerprint: str | None = None,
    ) -> None:
        """`fingerprint` tells the weights apart from others of the same name."""
        self._model = model
        self._profile = profile
        self._memory = memory
        self._safety = safety or SafetyCheck(model.pipe, Safety.OFF)
        self._fingerprint = fingerprint
        self._flagged = False

    @classmethod
    def load(cls, profile: Profile, weights: Weights, options: LoadOptions) -> Self:
        """Return a painter with a model in memory; raises ModelUnusable for weights that make no model."""
        model = load_model(profile, weights, options)
        return cls(
            model,
            replace(profile, lora=profile.lora or (weights.lora.name if weights.lora else None)),
            Memory(model.pipe, rows=local_placement(profile).rows),
            SafetyCheck(model.pipe, options.safety),
            fingerprint=fingerprint(weights),
        )

    @property
    def profile(self) -> str:
        """The name of the model's profile."""
        return self._profile.name

    @property
    def settings(self) -> Mapping[str, str]:
        """What the bytes of a result depend on beside the recipe, and what is to be known of the last one."""
        profile, pipe = self._profile, self._model.pipe
        return {
            "model": profile.repository or profile.name,
            **({"model_hash": self._fingerprint} if self._fingerprint else {}),
            **({"lora": profile.lora} if profile.lora else {}),
            "device": str(pipe._execution_device),
            "dtype": str(pipe.dtype).removeprefix("torch."),
            "threads": str(torch.get_num_threads()),
            "rows": str(self._memory.batching.rows),
            "window": str(profile.window),
            "overlap": f"1/{OVERLAP // 2}",
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
        if self._model.fills and resolved.strength == 1:
            return PaintSettings(**dict(resolved) | {"infill": None, "tile_size": None})
        check_available(resolved.infill)
        return PaintSettings(**dict(resolved))

    def paint(
        self, canvas: Canvas, settings: PaintSettings, seeds: tuple[int, ...], checkpoint: ProgressCallback
    ) -> Generator[Samples, None, None]:
        """Yield one picture per seed; the checkpoint is called after every forward.

        Raises PaintingFailed where the model needs more memory than there is or gives no finite numbers, and
        whatever the checkpoint raises; the painter stays usable.
        """
        resolved, watch = self._resolved(settings), ProgressTracker(checkpoint)
        easel = canvas_painter_for(
            enlarge(canvas, self._profile.window), self._model, self._profile, resolved
        )
        try:
            denoiser = self._afforded(
                lambda: self._model.prompted(resolved.prompt, resolved.negative or "", resolved.guidance)
            )
            for turn, seed in enumerate(seeds):

                def variation(turn: int = turn, seed: int = seed) -> Samples:
                    batching = self._memory.batching
                    forwards = easel.forwards(batching, guided=denoiser.guided)
                    watch.expect(done=turn * forwards, total=len(seeds) * forwards)
                    return easel.paint(IncrementPainter(self._model, denoiser, batching, watch), seed)

                finished = restore(self._afforded(variation), canvas)
                self._flagged = self._safety.flags(finished)
                yield finished
        finally:
            self._flagged = False
            self._memory.free()

    def _afforded(self, work: Callable[[], T]) -> T:
        """Do some work, again from its beginning with less at once while memory does not suffice."""
        while True:
            try:
                with translate_oom():
                    return work()
            except OutOfMemory:
                self._memory.shrink()

    def _resolved(self, settings: PaintSettings) -> ResolvedSettings:
        default = self._profile.scheduler
        scheduler = choose_scheduler(settings.scheduler, default=default, flow=self._model.flow)
        return ResolvedSettings.of(settings.model_copy(update={"scheduler": scheduler}), self._profile)
