"""Check the bus and list the engines on it."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from urllib.parse import urlsplit

from bus.connection import Bus
from bus.embedded.server import installed_server
from bus.errors import BusError, ServerFailed
from bus.notices import Presence
from bus.transport.url import DEFAULT_PORT
from outcrop.bus_connection import bus_url
from outcrop.doctor.check import CheckResult, failed, passed, skipped
from outcrop.settings import Settings

CONNECT_TIMEOUT = 1.5
"""Seconds to connect to the bus; on a local network it takes a tenth."""

PRESENCE_WAIT = 0.4
"""Seconds for engines to answer; they take a hundredth."""


async def check_bus(settings: Settings) -> list[CheckResult]:
    """Check that the bus answers and stores messages, and return which engines are on it."""
    url = bus_url(settings)
    if url is None:
        return [_never_started(), skipped("Engines", "none without a bus.")]
    if await _is_refused(url):
        return [_no_answer(settings), skipped("Engines", "unknown without the bus.")]
    try:
        async with asyncio.timeout(CONNECT_TIMEOUT), Bus.connect(url, name="doctor") as bus:
            can_store = await bus.is_writable()
            engines = await _find_engines(bus)
    except BusError as error:
        return [failed("Bus", str(error)), skipped("Engines", "unknown without the bus.")]
    except TimeoutError:
        return [_no_answer(settings), skipped("Engines", "unknown without the bus.")]
    kind = "at OUTCROP_BUS_URL" if settings.bus_url else "embedded"
    if not can_store:
        return [failed("Bus", f"{kind}, answers but cannot store messages; free disk space and restart it.")]
    return [passed("Bus", f"{kind}, answers and stores messages."), _describe_engines(engines)]


async def _is_refused(url: str) -> bool:
    """Return whether the connection is refused at once: the bus's client would retry until the timeout."""
    try:
        parts = urlsplit(url)
        async with asyncio.timeout(CONNECT_TIMEOUT):
            _, writer = await asyncio.open_connection(parts.hostname, parts.port or DEFAULT_PORT)
    except ConnectionRefusedError:
        return True
    except (OSError, ValueError):
        return False
    writer.close()
    with suppress(OSError):
        await writer.wait_closed()
    return False


async def _find_engines(bus: Bus) -> Sequence[Presence]:
    engines: dict[str, Presence] = {}
    await bus.notices.on_presence(lambda presence: engines.update({presence.engine: presence}))
    await bus.notices.ping_engines()
    await asyncio.sleep(PRESENCE_WAIT)
    return [presence for presence in engines.values() if not presence.leaving]


def _describe_engines(engines: Sequence[Presence]) -> CheckResult:
    if not engines:
        return failed(
            "Engines", "none online; start one with `outcrop engine`, or everything with `outcrop up`."
        )
    return passed("Engines", " | ".join(map(_describe, engines)))


def _describe(engine: Presence) -> str:
    free = f", {engine.free_memory / 2**30:.1f} GiB free" if engine.free_memory is not None else ""
    return f"{engine.name} · {engine.device}{free} · {', '.join(engine.profiles)}"


def _never_started() -> CheckResult:
    try:
        program = installed_server()
    except ServerFailed as error:
        return failed("Bus", str(error))
    return skipped("Bus", f"embedded, not started yet; `outcrop up` starts it ({program.name} is installed).")


def _no_answer(settings: Settings) -> CheckResult:
    if settings.bus_url:
        return failed(
            "Bus", "OUTCROP_BUS_URL does not answer; check that the server runs and that its port is open."
        )
    return skipped("Bus", "embedded, not running now; `outcrop up` starts it.")
