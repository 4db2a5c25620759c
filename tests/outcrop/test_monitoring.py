"""Health and numbers over HTTP."""

import socket
from collections.abc import Mapping

import aiohttp
from prometheus_client import CollectorRegistry, Counter

from bus.embedded.address import LOOPBACK
from outcrop.monitoring import serve_monitoring


class Presses:
    """Numbers that count how often they were asked for."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self._asked = Counter("asked", "How often", registry=self.registry)

    async def refresh(self) -> None:
        self._asked.inc()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        port: int = probe.getsockname()[1]
        return port


async def get(port: int, path: str) -> tuple[int, str]:
    async with aiohttp.ClientSession() as session, session.get(f"http://{LOOPBACK}:{port}{path}") as response:
        return response.status, await response.text()


async def test_health_is_200_only_while_everything_is_alive() -> None:
    port, alive = free_port(), {"gateway": True, "bus": True}
    async with serve_monitoring((LOOPBACK, port), lambda: alive, Presses()):
        assert await get(port, "/healthz") == (200, '{"gateway": true, "bus": true}')
        alive["gateway"] = False
        assert await get(port, "/healthz") == (503, '{"gateway": false, "bus": true}')


async def test_numbers_are_up_to_date() -> None:
    port = free_port()
    async with serve_monitoring((LOOPBACK, port), dict, Presses()):
        for times in (1, 2):
            status, numbers = await get(port, "/metrics")
            assert status == 200
            assert f"asked_total {times}.0" in numbers


async def test_without_an_address_nothing_listens() -> None:
    def never() -> Mapping[str, bool]:
        raise AssertionError

    async with serve_monitoring(None, never, Presses()):
        pass


async def test_a_port_that_is_taken_stops_nobody() -> None:
    with socket.create_server((LOOPBACK, 0)) as taken:
        async with serve_monitoring((LOOPBACK, taken.getsockname()[1]), dict, Presses()):
            pass
