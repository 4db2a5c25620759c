"""The painters of this engine, by the names of their profiles."""

import gc
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import structlog

from engine.draft_painter import DraftPainter
from engine.errors import PaintingFailed
from engine.models.load_options import LoadOptions
from engine.models.model_folder import is_model_path, painter_name, read_profile
from engine.models.placement import is_fast_enough
from engine.models.profiles import PROFILES, Profile
from engine.models.weights import Weights, download, find_weights, missing_error, not_installed_error
from engine.painter import Painter
from pictures.recipe import AUTO

log = structlog.get_logger()


@dataclass(frozen=True, kw_only=True, slots=True)
class PainterSpec:
    """One painter that jobs may ask for."""

    name: str
    is_available: Callable[[], bool]
    """Returns whether it can paint now, without a download."""
    is_fast: bool
    """Whether it paints in seconds on this machine, so that `auto` prefers it."""
    make: Callable[[], Painter]
    """Returns the painter, ready to paint; raises PaintingFailed."""


_MODEL_FREE = (
    PainterSpec(name=DraftPainter.profile, is_available=lambda: True, is_fast=True, make=DraftPainter),
)
"""The painters without weights; one row each is all that a new one needs."""


def is_model_free(profile: str) -> bool:
    """Return whether a profile paints without a model, so that prompt and steps have no effect."""
    return any(spec.name == profile for spec in _MODEL_FREE)


class PainterRegistry:
    """Makes painters by name, and keeps one model in memory: the last one used.

    `model` is a profile's name, a folder of diffusers (or a .safetensors file with `config`, a folder of the
    same kind that describes it), or `auto`; `lora` is applied to the model that is named.
    """

    def __init__(
        self,
        model: str = AUTO,
        *,
        config: Path | None = None,
        lora: Path | None = None,
        options: LoadOptions | None = None,
        may_download: bool = False,
        memory: int | None = None,
    ) -> None:
        """`may_download` lets a job wait while missing weights are downloaded.

        `memory` is the GPU's, in bytes; None without a GPU. Raises ModelUnusable for a path without a model.
        """
        self._options = options or LoadOptions()
        self._may_download = may_download
        self._memory = memory
        self._model = model
        self._lora = lora
        own = [self._own_model(Path(model).expanduser(), config)] if is_model_path(model) else []
        models = [*own, *map(self._known_model, PROFILES.values())]
        self._specs: dict[str, PainterSpec] = {}
        for spec in (*models, *_MODEL_FREE):
            self._specs.setdefault(spec.name, spec)
        self._loaded: tuple[str, Painter] | None = None

    @property
    def profiles(self) -> tuple[str, ...]:
        """The profiles that this engine can paint now, best first; `auto` takes the first.

        The model that was named by path, those that are fast on this machine, the draft, then the slow ones.
        """
        available = [spec for spec in self._specs.values() if spec.is_available()]
        return tuple(spec.name for spec in sorted(available, key=lambda spec: not spec.is_fast))

    def painter_for(self, profile: str) -> Painter:
        """Return the painter of a profile, the best one for `auto`.

        Raises PaintingFailed if there is none, or if its model is missing or does not load.
        """
        name = self.profiles[0] if profile == AUTO else painter_name(profile)
        spec = self._specs.get(name)
        if spec is None:
            raise PaintingFailed(
                "There is no painter called {name!r} here. Choose {auto} or {painters}.",
                code="unknown_painter",
                name=name,
                auto=AUTO,
                painters=", ".join(self._specs),
            )
        if spec in _MODEL_FREE:
            return spec.make()
        if self._loaded is None or self._loaded[0] != name:
            self._unload()
            self._loaded = name, spec.make()
        return self._loaded[1]

    def _own_model(self, path: Path, config: Path | None) -> PainterSpec:
        """Return the painter of a model that was named by its path; it comes before all others."""
        profile = read_profile(config or path)
        weights = Weights(path=path, config=config, lora=self._lora)
        return PainterSpec(
            name=painter_name(str(path)),
            is_available=lambda: True,
            is_fast=True,
            make=lambda: _load(profile, weights, self._options),
        )

    def _known_model(self, profile: Profile) -> PainterSpec:
        return PainterSpec(
            name=profile.name,
            is_available=lambda: find_weights(profile) is not None,
            is_fast=is_fast_enough(profile, self._memory),
            make=lambda: self._load_known(profile),
        )

    def _load_known(self, profile: Profile) -> Painter:
        weights = find_weights(profile)
        if weights is None and self._may_download:
            log.info("downloading", model=profile.name)
            download(profile)
            weights = find_weights(profile)
        if weights is None:
            raise missing_error(profile)
        if self._lora and profile.name == self._model:
            weights = replace(weights, lora=self._lora)
        return _load(profile, weights, self._options)

    def _unload(self) -> None:
        """Give the memory of one model back before the next is loaded."""
        self._loaded = None
        gc.collect()  # pipelines of diffusers hold reference cycles


def _load(profile: Profile, weights: Weights, options: LoadOptions) -> Painter:
    try:
        from engine.diffusion.painter import DiffusionPainter  # noqa: PLC0415 - torch takes seconds to load
    except ImportError as cause:
        raise not_installed_error() from cause
    return DiffusionPainter.load(profile, weights, options)
