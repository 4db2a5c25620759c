import socket
from pathlib import Path

import pytest

from bus.embedded.address import LOOPBACK, PORTS, Address, write_private


def test_an_address_is_read_as_it_was_written(tmp_path: Path) -> None:
    address = Address.new()
    address.write(tmp_path / "nats.json")
    assert Address.read(tmp_path / "nats.json") == address


def test_a_folder_without_an_address_has_none(tmp_path: Path) -> None:
    assert Address.read(tmp_path / "nats.json") is None


@pytest.mark.parametrize(
    "text", ["", "{", "[]", '{"port": 0, "token": "t"}', '{"port": 4222, "token": "a b"}']
)
def test_a_damaged_address_file_counts_as_missing(tmp_path: Path, text: str) -> None:
    (tmp_path / "nats.json").write_text(text)
    assert Address.read(tmp_path / "nats.json") is None


def test_two_addresses_have_two_tokens() -> None:
    assert Address.new().token != Address.new().token


def test_the_port_is_not_ephemeral() -> None:
    assert Address.new().port in PORTS
    with socket.create_server((LOOPBACK, 0)) as drawn:
        assert drawn.getsockname()[1] not in PORTS


def test_a_port_in_use_is_not_free() -> None:
    address = Address.new()
    assert address.is_free()
    with socket.create_server((LOOPBACK, address.port)):
        assert not address.is_free()


def test_the_token_is_not_shown() -> None:
    address = Address.new()
    assert address.token not in repr(address)


def test_a_private_file_is_for_its_owner_even_if_it_existed(tmp_path: Path) -> None:
    path = tmp_path / "nats.conf"
    path.write_text("old")
    path.chmod(0o644)
    write_private(path, "new")
    assert path.read_text() == "new"
    assert path.stat().st_mode & 0o777 == 0o600
