import asyncio
import os
import signal
import socket
import stat
import sys
from functools import partial
from pathlib import Path

import psutil
import pytest

from bus.connection import Bus
from bus.embedded.address import LOOPBACK
from bus.embedded.server import EmbeddedServer, embedded_server, embedded_url
from bus.errors import ServerFailed
from tests.bus.support import kill_server, make_job, wait_until, with_deadline

PARENT = """
import asyncio, sys
from pathlib import Path
from bus.embedded.server import EmbeddedServer

async def main(folder: str) -> None:
    server = EmbeddedServer(Path(folder))
    await server.start()
    print(server.process.pid, flush=True)
    await server.wait()

asyncio.run(main(sys.argv[1]))
"""


async def test_address_and_messages_survive_a_restart(folder: Path) -> None:
    job = make_job()
    async with embedded_server(folder) as first, Bus.connect(first, name="test") as bus:
        await bus.jobs.submit(job)
    async with embedded_server(folder) as second, Bus.connect(second, name="test") as bus:
        assert second == first
        assert await bus.jobs.queued() == {job.id}


async def test_a_killed_server_loses_no_acknowledged_message(folder: Path) -> None:
    server = EmbeddedServer(folder)
    jobs = [make_job() for _ in range(20)]
    async with Bus.connect(await server.start(), name="test") as bus:
        for job in jobs:
            await bus.jobs.submit(job)
        await kill_server(server)
    async with embedded_server(folder) as url, Bus.connect(url, name="test") as bus:
        assert await bus.jobs.queued() == {job.id for job in jobs}


async def test_the_address_survives_a_wiped_store(folder: Path) -> None:
    async with embedded_server(folder) as first:
        pass
    for file in sorted((folder / "nats").rglob("*"), reverse=True):
        file.rmdir() if file.is_dir() else file.unlink()
    async with embedded_server(folder) as second:
        assert second == first


async def test_another_process_reads_the_url_from_the_data_folder(folder: Path) -> None:
    assert embedded_url(folder) is None
    async with embedded_server(folder) as url:
        assert embedded_url(folder) == url
    assert embedded_url(folder) == url


async def test_only_the_owner_can_read_the_server_s_files(server: EmbeddedServer, folder: Path) -> None:
    async with Bus.connect(server.url, name="test") as bus:
        await bus.jobs.submit(make_job())
    assert stat.S_IMODE((folder / "nats.json").stat().st_mode) == 0o600
    kept = [folder / "nats", *(folder / "nats").rglob("*")]
    assert {"nats.conf", "nats.log", "nats.pid"} <= {file.name for file in kept}
    assert not [file for file in kept if file.stat().st_mode & 0o077]


async def test_the_server_listens_on_loopback_only(server: EmbeddedServer) -> None:
    assert server.process is not None
    listening = [
        each.laddr
        for each in psutil.Process(server.process.pid).net_connections()
        if each.status == psutil.CONN_LISTEN
    ]
    assert [(address.ip, address.port) for address in listening] == [
        (LOOPBACK, int(server.url.rpartition(":")[2]))
    ]


async def test_the_token_is_in_no_command_line(server: EmbeddedServer) -> None:
    assert server.process is not None
    token = server.url.removeprefix("nats://").partition("@")[0]
    assert token not in " ".join(psutil.Process(server.process.pid).cmdline())


async def test_a_port_in_use_is_replaced(folder: Path) -> None:
    server = EmbeddedServer(folder)
    first = await server.start()
    await server.stop()
    with socket.create_server((LOOPBACK, int(first.rpartition(":")[2]))):
        second = await server.start()
    try:
        assert second != first
        assert embedded_url(folder) == second
    finally:
        await server.stop()


async def test_the_end_of_the_server_is_noticed(server: EmbeddedServer) -> None:
    watching = asyncio.create_task(server.wait())
    await kill_server(server)
    assert await with_deadline(watching) == -signal.SIGKILL


async def test_stopping_twice_is_allowed(server: EmbeddedServer) -> None:
    await server.stop()
    await server.stop()
    assert await with_deadline(server.wait()) == 0


async def test_the_server_ends_with_its_killed_parent(folder: Path) -> None:
    parent, child = await _parent(folder)
    os.kill(parent.pid, signal.SIGKILL)
    await parent.wait()
    await wait_until(partial(_gone, child))


async def test_a_new_server_starts_right_after_a_killed_parent(folder: Path) -> None:
    """Whatever state the old server is in, the next one waits for its end and takes over its port."""
    parent, child = await _parent(folder)
    before = embedded_url(folder)
    os.kill(parent.pid, signal.SIGKILL)
    async with embedded_server(folder) as url:
        assert url == before
        assert not _alive(child)
    await parent.wait()


async def test_a_stale_server_is_stopped(folder: Path) -> None:
    """As after a kill -9 where the system does not end it with its parent."""
    left = EmbeddedServer(folder)
    before = await left.start()
    async with embedded_server(folder) as url:
        assert url == before
        assert await with_deadline(left.wait()) == 0


async def test_a_stale_server_that_hangs_is_killed(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bus.embedded.stale_server.STOP_TIMEOUT", 0.2)
    left = EmbeddedServer(folder)
    await left.start()
    assert left.process is not None
    left.process.send_signal(signal.SIGSTOP)
    async with embedded_server(folder):
        assert await with_deadline(left.wait()) == -signal.SIGKILL


async def test_the_process_id_of_another_program_is_never_touched(folder: Path) -> None:
    other = await asyncio.create_subprocess_exec(sys.executable, "-c", "import time; time.sleep(60)")
    (folder / "nats").mkdir(parents=True)
    (folder / "nats" / "nats.pid").write_text(str(other.pid))
    async with embedded_server(folder):
        assert _alive(other.pid)
    other.kill()
    await other.wait()


async def test_a_server_that_does_not_start_is_reported_with_its_log(folder: Path) -> None:
    (folder / "nats").mkdir(parents=True)
    (folder / "nats" / "store").write_text("not a folder")
    with pytest.raises(ServerFailed, match=r"nats\.log"):
        await with_deadline(EmbeddedServer(folder).start())


async def test_a_program_that_is_not_a_server_is_reported(folder: Path) -> None:
    with pytest.raises(ServerFailed):
        await with_deadline(EmbeddedServer(folder, program=Path("/bin/false")).start())


async def test_a_data_folder_with_special_characters_works(tmp_path: Path) -> None:
    folder = tmp_path / 'Zoë\'s "$HOME" {1} #2 \\ pictures'
    async with embedded_server(folder) as url, Bus.connect(url, name="test") as bus:
        await bus.jobs.submit(make_job())
    assert (folder / "nats" / "store").is_dir()


async def _parent(folder: Path) -> tuple[asyncio.subprocess.Process, int]:
    """Start another process that runs the server; returns it with the server's process id."""
    parent = await asyncio.create_subprocess_exec(
        sys.executable, "-c", PARENT, str(folder), stdout=asyncio.subprocess.PIPE
    )
    assert parent.stdout is not None
    async for line in parent.stdout:
        if line.strip().isdigit():
            return parent, int(line)
    raise AssertionError("the parent ended")


async def _gone(pid: int) -> bool:
    return not _alive(pid)


def _alive(pid: int) -> bool:
    try:
        return bool(psutil.Process(pid).status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False
