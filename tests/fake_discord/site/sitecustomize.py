"""Point discord.py at the loopback Discord, in any Python process whose environment names one.

The folder of this file stands on PYTHONPATH, so Python runs it at start-up; it acts when discord is imported,
and processes that never import discord only pay for this file.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder, SourceFileLoader
from types import ModuleType

URL = os.environ.get("LOOPBACK_DISCORD", "")
HASTE = float(os.environ.get("LOOPBACK_DISCORD_HASTE", "1"))


def point_http(http: ModuleType) -> None:
    """REST, and the back-off after errors."""
    http.Route.BASE = f"{URL}/api/v10"
    hurry(http)


def point_gateway(gateway: ModuleType) -> None:
    """Set the first address; READY names the one for resuming."""
    gateway.DiscordWebSocket.DEFAULT_GATEWAY = gateway.yarl.URL(URL.replace("http", "ws", 1)) / "gateway"


def point_assets(asset: ModuleType) -> None:
    """Avatars and icons; attachments name their own address."""
    asset.Asset.BASE = f"{URL}/assets"


def hurry(module: ModuleType) -> None:
    """Let that module's own sleeps (1 s, 3 s, 5 s …) pass faster; its other waits stay."""
    asyncio = module.asyncio
    hurried = ModuleType("asyncio")
    hurried.__dict__.update(asyncio.__dict__)

    async def sleep(delay: float) -> None:
        await asyncio.sleep(delay / HASTE)

    hurried.__dict__["sleep"] = sleep
    module.__dict__["asyncio"] = hurried


POINTERS: dict[str, Callable[[ModuleType], None]] = {
    "discord.http": point_http,
    "discord.gateway": point_gateway,
    "discord.asset": point_assets,
    "discord.client": hurry,
    "discord.webhook.async_": hurry,
}


class PointingLoader(SourceFileLoader):
    """Loads a module as ever, then points it."""

    def exec_module(self, module: ModuleType) -> None:
        super().exec_module(module)
        POINTERS[module.__name__](module)


class PointingFinder(MetaPathFinder):
    """Finds the modules to point where they always are."""

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if fullname not in POINTERS:
            return None
        spec = PathFinder.find_spec(fullname, path, target)
        if spec is not None and spec.origin is not None:
            spec.loader = PointingLoader(fullname, spec.origin)
        return spec


if URL:
    sys.meta_path.insert(0, PointingFinder())
