"""The parts of the product, each as its command."""

from hashlib import sha256
from pathlib import Path

from bus.connection import Bus
from bus.embedded.server import embedded_server
from bus.events import Painted
from pictures.limits import MEGA
from tests.bus.support import wait_until
from tests.outcrop.engines import Engine, submit
from tests.pictures.files import RGB, noise, png


async def test_an_engine_takes_a_stored_picture_that_is_larger_than_what_people_may_send(
    tmp_path: Path,
) -> None:
    source = png(noise(700, 600), RGB)
    assert len(source) > MEGA
    async with (
        embedded_server(tmp_path / "data") as url,
        Bus.connect(url, name="test") as bus,
        Engine.started(url, tmp_path / "engine.log", OUTCROP_MAX_FILE_MB="1"),
    ):
        [job] = await submit(bus, source, sha256(source).hexdigest(), 1, top=8)

        async def ended() -> bool:
            return await bus.events.terminal(job) is not None

        await wait_until(ended)
        assert isinstance(await bus.events.terminal(job), Painted)
