"""Look at the bus and at who is on it."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from urllib.parse import urlsplit

from bus.connection import Bus
from bus.embedded.server import embedded_url, installed_server
from bus.errors import BusError, ServerFailed
from bus.notices import Presence
from bus.transport.url import DEFAULT_PORT
from outcrop.doctor.check import CheckResult, failed, passed, skipped
from outcrop.settings import Settings

ANSWER_WITHIN = 1.5
"""Seconds for the bus to take us in; on a network of one's own it needs a tenth."""

ROLL_CALL = 0.4
"""Seconds in which engines answer; they need a hundredth."""


async def check_bus(settings: Settings) -> list[CheckResult]:
    """Return whether the bus is there and stores, and which engines are on it."""
    url = (
        settings.bus_url.get_secret_value() if settings.bus_url else embedded_url(settings.data.expanduser())
    )
    if url is None:
        return [_not_started(), skipped("Engines", "none without a bus.")]
    if await _nobody_listens(url):
        return [_silent(settings), skipped("Engines", "unknown without the bus.")]
    try:
        async with asyncio.timeout(ANSWER_WITHIN), Bus.connect(url, name="doctor") as bus:
            stores = await bus.is_writable()
            engines = await _roll_call(bus)
    except BusError as error:
        return [failed("Bus", str(error)), skipped("Engines", "unknown without the bus.")]
    except TimeoutError:
        return [_silent(settings), skipped("Engines", "unknown without the bus.")]
    where = "at OUTCROP_BUS_URL" if settings.bus_url else "embedded"
    if not stores:
        return [
            failed("Bus", f"{where}, answers but stores nothing; make room on its disk, then start it again.")
        ]
    return [passed("Bus", f"{where}, answers, and JetStream stores."), _engines(engines)]


async def _nobody_listens(url: str) -> bool:
    """Whether the bus's machine refuses right away; connecting in earnest would be patient with it."""
    try:
        parts = urlsplit(url)
        async with asyncio.timeout(ANSWER_WITHIN):
            _, writer = await asyncio.open_connection(parts.hostname, parts.port or DEFAULT_PORT)
    except ConnectionRefusedError:
        return True
    except (OSError, ValueError):
        return False
    writer.close()
    with suppress(OSError):
        await writer.wait_closed()
    return False


async def _roll_call(bus: Bus) -> Sequence[Presence]:
    heard: dict[str, Presence] = {}
    await bus.notices.on_presence(lambda presence: heard.update({presence.engine: presence}))
    await bus.notices.ping_engines()
    await asyncio.sleep(ROLL_CALL)
    return [presence for presence in heard.values() if not presence.leaving]


def _engines(engines: Sequence[Presence]) -> CheckResult:
    if not engines:
        return failed("Engines", "none online; start one with `outcrop engine`, or all with `outcrop up`.")
    return passed("Engines", " | ".join(map(_describe, engines)))


def _describe(engine: Presence) -> str:
    free = f", {engine.free_memory / 2**30:.1f} GiB free" if engine.free_memory is not None else ""
    return f"{engine.name} · {engine.device}{free} · {', '.join(engine.profiles)}"


def _not_started() -> CheckResult:
    try:
        program = installed_server()
    except ServerFailed as error:
        return failed("Bus", str(error))
    return skipped("Bus", f"embedded, not started yet; `outcrop up` starts it ({program.name} is installed).")


def _silent(settings: Settings) -> CheckResult:
    if settings.bus_url:
        return failed(
            "Bus", "OUTCROP_BUS_URL does not answer; see that its server runs and its port is open."
        )
    return skipped("Bus", "embedded, not running now; `outcrop up` starts it.")
