"""The painters of this engine by the names of their profiles."""

import gc
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import structlog

from engine.diffusion.errors import ModelMissing
from engine.draft_painter import DraftPainter
from engine.errors import PaintingFailed
from engine.models.load_options import LoadOptions
from engine.models.model_folder import is_model_path, painter_name, read_profile
from engine.models.placement import is_fast_enough
from engine.models.profiles import PROFILES, Profile
from engine.models.weights import EXTRA, Weights, download, find_weights, missing_error
from engine.painter import Painter
from pictures.recipe import AUTO

log = structlog.get_logger()

PLAINLY = LoadOptions()


class PainterRegistry:
    """Makes painters by name; keeps the last model in memory, and only that one.

    `model` is a profile's name, a folder of diffusers (or a .safetensors file with `config`, the folder that
    says what is in it), or `auto`; `lora` lies on top of a model that is named.
    """

    def __init__(
        self,
        model: str = AUTO,
        *,
        config: Path | None = None,
        lora: Path | None = None,
        loading: LoadOptions = PLAINLY,
        may_pull: bool = False,
        memory: int | None = None,
    ) -> None:
        """`may_pull` lets a job wait while missing weights are brought here.

        `memory` is that of the GPU in bytes, None without one. Raises ModelUnusable.
        """
        self._loading = loading
        self._may_pull = may_pull
        self._memory = memory
        self._model = model
        self._lora = lora
        self._own: dict[str, tuple[Profile, Weights]] = {}
        if is_model_path(model):
            path = Path(model).expanduser()
            profile = read_profile(config or path)
            self._own[painter_name(model)] = (profile, Weights(path=path, config=config, lora=lora))
        self._kept: Painter | None = None

    @property
    def profiles(self) -> tuple[str, ...]:
        """The profiles that this engine paints, best first, as `auto` takes them.

        Its own comes first, then those with weights here that run well, the draft, and what takes minutes.
        """
        here = [profile for profile in PROFILES.values() if find_weights(profile)]
        well = [profile.name for profile in here if is_fast_enough(profile, self._memory)]
        slowly = [profile.name for profile in here if profile.name not in well]
        return (*self._own, *well, DraftPainter.profile, *slowly)

    def painter_for(self, profile: str) -> Painter:
        """Return the painter of a profile, the best one for `auto`.

        Raises PaintingFailed if there is none, or its model is not here or does not load.
        """
        name = self.profiles[0] if profile == AUTO else painter_name(profile)
        if name == DraftPainter.profile:
            return DraftPainter()
        if self._kept is None or self._kept.profile != name:
            self._forget()
            self._kept = self._load(name)
        return self._kept

    def _load(self, name: str) -> Painter:
        profile, weights = self._own.get(name) or self._known(name)
        log.info("loading", model=name)
        return _diffusion()(profile, weights, self._loading)

    def _known(self, name: str) -> tuple[Profile, Weights]:
        if name not in PROFILES:
            names = ", ".join((*self._own, *PROFILES, DraftPainter.profile))
            raise PaintingFailed(f"There is no painter called {name!r} here. Choose {AUTO} or {names}.")
        profile = PROFILES[name]
        weights = find_weights(profile)
        if weights is None and self._may_pull:
            log.info("pulling", model=name)
            download(profile)
            weights = find_weights(profile)
        if weights is None:
            raise missing_error(profile)
        if self._lora and name == self._model:
            weights = replace(weights, lora=self._lora)
        return profile, weights

    def _forget(self) -> None:
        """Give the memory of one model back before the next is loaded."""
        self._kept = None
        gc.collect()


def _diffusion() -> Callable[[Profile, Weights, LoadOptions], Painter]:
    try:
        from engine.diffusion.loader import load_painter  # noqa: PLC0415 - torch takes seconds to load
    except ImportError as cause:
        raise ModelMissing(EXTRA) from cause
    return load_painter
