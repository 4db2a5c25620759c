"""Redirect discord.py to the fake Discord, in any Python process whose environment names one.

The folder of this file is on PYTHONPATH, so Python runs it at start-up. It patches discord's modules when
they are imported.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder, SourceFileLoader
from types import ModuleType

URL = os.environ.get("FAKE_DISCORD_URL", "")
SPEEDUP = float(os.environ.get("FAKE_DISCORD_SPEEDUP", "1"))


def redirect_http(http: ModuleType) -> None:
    """Redirect REST requests, and shorten the back-off after errors."""
    http.Route.BASE = f"{URL}/api/v10"
    speed_up_sleeps(http)


def redirect_gateway(gateway: ModuleType) -> None:
    """Redirect the first connection; READY contains the URL for resuming."""
    gateway.DiscordWebSocket.DEFAULT_GATEWAY = gateway.yarl.URL(URL.replace("http", "ws", 1)) / "gateway"


def redirect_assets(asset: ModuleType) -> None:
    """Redirect avatars and icons; attachments have a full URL already."""
    asset.Asset.BASE = f"{URL}/assets"


def speed_up_sleeps(module: ModuleType) -> None:
    """Shorten that module's own sleeps (1 s, 3 s, 5 s …); its other waits stay as they are."""
    asyncio = module.asyncio
    faster_asyncio = ModuleType("asyncio")
    faster_asyncio.__dict__.update(asyncio.__dict__)

    async def sleep(delay: float) -> None:
        await asyncio.sleep(delay / SPEEDUP)

    faster_asyncio.__dict__["sleep"] = sleep
    module.__dict__["asyncio"] = faster_asyncio


PATCHES: dict[str, Callable[[ModuleType], None]] = {
    "discord.http": redirect_http,
    "discord.gateway": redirect_gateway,
    "discord.asset": redirect_assets,
    "discord.client": speed_up_sleeps,
    "discord.webhook.async_": speed_up_sleeps,
}


class PatchingLoader(SourceFileLoader):
    """Loads a module, then patches it."""

    def exec_module(self, module: ModuleType) -> None:
        super().exec_module(module)
        PATCHES[module.__name__](module)


class PatchingFinder(MetaPathFinder):
    """Finds the modules to patch at their usual place."""

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if fullname not in PATCHES:
            return None
        spec = PathFinder.find_spec(fullname, path, target)
        if spec is not None and spec.origin is not None:
            spec.loader = PatchingLoader(fullname, spec.origin)
        return spec


if URL:
    sys.meta_path.insert(0, PatchingFinder())
