"""The painters of this engine by the names of their profiles."""

from collections.abc import Callable, Mapping

from engine.draft import DraftPainter
from engine.errors import PaintingFailed
from engine.painter import Painter

AUTO = "auto"
"""Asks for the best painter that an engine has."""

_PAINTERS: Mapping[str, Callable[[], Painter]] = {DraftPainter.profile: DraftPainter}
"""Best first."""


def profiles() -> tuple[str, ...]:
    """Return the profiles that this engine paints, best first."""
    return tuple(_PAINTERS)


def painter_for(profile: str) -> Painter:
    """Return the painter of a profile, the best one for `auto`; raises PaintingFailed if there is none."""
    name = profiles()[0] if profile == AUTO else profile
    if name not in _PAINTERS:
        raise PaintingFailed(
            f"There is no painter called {name!r} here. Choose {AUTO} or {', '.join(_PAINTERS)}."
        )
    return _PAINTERS[name]()
