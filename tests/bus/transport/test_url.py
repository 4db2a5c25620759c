"""The ways to open a bus: TLS, a certificate of one's own, user and password, a credentials file."""

import asyncio
import base64
import hashlib
import json
import os
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import nacl.signing
import nkeys  # type: ignore[import-untyped]
import pytest
import trustme

from bus.connection import Bus
from bus.embedded.address import LOOPBACK, Address, ListenAddress
from bus.embedded.server import EmbeddedServer, embedded_url, installed_server
from bus.errors import BusAccessDenied, InvalidBusUrl, ServerFailed
from bus.transport.url import parse_bus_url
from tests.bus.support import make_job, with_deadline


class Certificate:
    """One that is made for a test, and the authority behind it."""

    def __init__(self, folder: Path, *names: str) -> None:
        authority = trustme.CA()
        made = authority.issue_cert(*names)
        self.authority, self.file, self.key = folder / "ca.pem", folder / "bus.pem", folder / "bus.key"
        authority.cert_pem.write_to_path(self.authority)
        made.cert_chain_pems[0].write_to_path(self.file)
        made.private_key_pem.write_to_path(self.key)

    def listen(self) -> ListenAddress:
        return ListenAddress(host=LOOPBACK, port=free_port(), certificate=self.file, key=self.key)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        port: int = probe.getsockname()[1]
        return port


@asynccontextmanager
async def serving(folder: Path, listen: ListenAddress) -> AsyncIterator[Address]:
    server = EmbeddedServer(folder, listen=listen)
    await server.start()
    try:
        address = Address.read(folder / "nats.json")
        assert address is not None
        yield address
    finally:
        await server.stop()


async def opens(url: str) -> bool:
    """Whether the bus can be opened, and works."""
    async with asyncio.timeout(15), Bus.connect(url, name="test") as bus:
        return await bus.jobs.submit(make_job())


async def test_over_tls_the_same_machine_needs_only_the_data_folder(tmp_path: Path) -> None:
    certificate = Certificate(tmp_path, "a-name-that-is-not-looked-up")
    async with serving(tmp_path, certificate.listen()):
        url = embedded_url(tmp_path)
        assert url is not None
        assert url.startswith("tls://")
        assert await opens(url)


async def test_another_machine_trusts_the_authority_and_checks_the_name(tmp_path: Path) -> None:
    certificate = Certificate(tmp_path, "localhost")
    async with serving(tmp_path, certificate.listen()) as bus:
        key = f"{bus.token}@%s:{bus.port}?ca={certificate.authority}"
        assert await opens("tls://" + key % "localhost")
        with pytest.raises(BusAccessDenied, match="certificate is not trusted"):
            await opens("tls://" + key % LOOPBACK)


async def test_an_unknown_certificate_is_refused_in_a_sentence_that_says_what_to_do(tmp_path: Path) -> None:
    certificate = Certificate(tmp_path, "localhost")
    async with serving(tmp_path, certificate.listen()) as bus:
        with pytest.raises(BusAccessDenied, match=r"\?ca=FILE") as caught:
            await opens(f"tls://{bus.token}@localhost:{bus.port}")
    assert bus.token not in str(caught.value)


async def test_only_the_pinned_certificate_is_trusted(tmp_path: Path) -> None:
    mine, other = tmp_path / "mine", tmp_path / "other"
    mine.mkdir()
    other.mkdir()
    certificate = Certificate(mine, "mine")
    async with serving(mine, certificate.listen()) as bus:
        with pytest.raises(BusAccessDenied, match="certificate is not trusted"):
            await opens(f"tls://{bus.token}@{LOOPBACK}:{bus.port}?pin={Certificate(other, 'mine').file}")


async def test_the_token_is_required_over_tls_too(tmp_path: Path) -> None:
    certificate = Certificate(tmp_path, "localhost")
    async with serving(tmp_path, certificate.listen()) as bus:
        with pytest.raises(BusAccessDenied, match="token"):
            await opens(f"tls://wrong@localhost:{bus.port}?ca={certificate.authority}")


async def test_without_a_listen_address_it_is_back_on_loopback_without_tls(tmp_path: Path) -> None:
    async with serving(tmp_path, Certificate(tmp_path, "localhost").listen()) as open_one:
        pass
    server = EmbeddedServer(tmp_path)
    try:
        url = await server.start()
        assert url == f"nats://{open_one.token}@{LOOPBACK}:{open_one.port}"
        assert await opens(url)
    finally:
        await server.stop()


async def test_a_configured_port_in_use_is_not_replaced(tmp_path: Path) -> None:
    with socket.create_server((LOOPBACK, 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(ServerFailed, match=f"{port} in OUTCROP_BUS_LISTEN is already in use"):
            await EmbeddedServer(tmp_path, listen=ListenAddress(host=LOOPBACK, port=port)).start()


async def test_a_user_and_password_are_accepted(tmp_path: Path) -> None:
    async with own_server(
        tmp_path, 'authorization { users: [{ user: "engine", password: "pa:ss" }] }'
    ) as port:
        assert await opens(f"nats://engine:pa%3Ass@{LOOPBACK}:{port}")
        with pytest.raises(BusAccessDenied):
            await opens(f"nats://engine:wrong@{LOOPBACK}:{port}")


async def test_a_credentials_file_is_accepted(tmp_path: Path) -> None:
    operator, user = Key(nkeys.PREFIX_BYTE_OPERATOR), Key(nkeys.PREFIX_BYTE_USER)
    account, system = Key(nkeys.PREFIX_BYTE_ACCOUNT), Key(nkeys.PREFIX_BYTE_ACCOUNT)
    freely = {"subs": -1, "data": -1, "payload": -1}
    storing = {"mem_storage": -1, "disk_storage": -1}
    ours = operator.sign(account, "account", {"limits": {"conn": -1, **freely, **storing}})
    servers = operator.sign(system, "account", {"limits": {"conn": -1, **freely}})
    trust = f"""\
operator: {operator.sign(operator, "operator", {})}
system_account: {system.name}
resolver: MEMORY
resolver_preload: {{ {account.name}: {ours}, {system.name}: {servers} }}
"""
    creds = tmp_path / "engine.creds"
    allowed = account.sign(user, "user", freely)
    creds.write_text(
        f"-----BEGIN NATS USER JWT-----\n{allowed}\n------END NATS USER JWT------\n"
        f"-----BEGIN USER NKEY SEED-----\n{user.seed}\n------END USER NKEY SEED------\n"
    )
    async with own_server(tmp_path, trust) as port:
        assert await opens(f"nats://{LOOPBACK}:{port}?credentials={creds}")
        with pytest.raises(BusAccessDenied, match="credentials"):
            await opens(f"nats://{LOOPBACK}:{port}")


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("http://host:4222", "Expected nats://"),
        ("nats://host:4222?ca=/no/such/file", "no such file"),
        ("nats://host:4222?key=x", "ca, pin, credentials"),
        ("nats://host:4222?ca=" + __file__, "not a certificate"),
    ],
)
def test_an_invalid_url_is_a_sentence(address: str, said: str) -> None:
    with pytest.raises(InvalidBusUrl, match=said):
        parse_bus_url(address)


@asynccontextmanager
async def own_server(folder: Path, rules: str) -> AsyncIterator[int]:
    """Run a nats-server of somebody's own, with JetStream and these rules."""
    port = free_port()
    config = folder / "own.conf"
    config.write_text(f'listen: "{LOOPBACK}:{port}"\njetstream {{ store_dir: "{folder}/js" }}\n{rules}\n')
    process = await asyncio.create_subprocess_exec(
        installed_server(), "-c", config, stderr=asyncio.subprocess.DEVNULL
    )
    try:
        yield port
    finally:
        process.terminate()
        await with_deadline(process.wait())


class Key:
    """One of NATS's key pairs, which signs what another key is and may."""

    def __init__(self, kind: int) -> None:
        raw = os.urandom(32)
        self.seed = nkeys.encode_seed(raw, kind).decode()
        self._signing = nacl.signing.SigningKey(raw)
        self.name = nkeys.from_seed(bytearray(self.seed, "ascii")).public_key.decode()

    def sign(self, subject: "Key", kind: str, claims: dict[str, Any]) -> str:
        """Return a JSON web token in NATS's form."""
        body = {"iss": self.name, "sub": subject.name, "name": kind, "iat": 1_700_000_000}
        body["nats"] = {**claims, "type": kind, "version": 2}
        body["jti"] = (
            base64.b32encode(hashlib.sha256(json.dumps(body).encode()).digest()).decode().rstrip("=")
        )
        head = {"typ": "JWT", "alg": "ed25519-nkey"}
        text = b".".join(_packed(json.dumps(part).encode()) for part in (head, body))
        return b".".join((text, _packed(self._signing.sign(text).signature))).decode()


def _packed(data: bytes) -> bytes:
    return base64.urlsafe_b64encode(data).rstrip(b"=")
