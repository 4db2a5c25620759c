"""`outcrop invite`: the bot's invite link, and the command that adds an engine."""

from pathlib import Path

import pytest

from bus.embedded.address import ListenAddress
from outcrop.invite import engine_command
from tests.outcrop.commands import TOKEN, outcrop


@pytest.fixture(autouse=True)
def _without_settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("OUTCROP_DATA", str(tmp_path))
    monkeypatch.delenv("OUTCROP_BUS_URL", raising=False)


def test_the_link_has_the_scopes_and_permissions_that_the_bot_needs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DISCORD_TOKEN", TOKEN)
    code, link, _ = outcrop("invite")
    assert code == 0
    assert "client_id=123456789012345678" in link
    assert "scope=bot+applications.commands" in link
    assert "permissions=274878008320" in link


@pytest.mark.parametrize("token", ["", "not a token"])
def test_without_a_valid_token_it_says_where_to_get_one(token: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DISCORD_TOKEN", token)
    code, output, error = outcrop("invite")
    assert (code, output) == (1, "")
    assert "discord.com/developers/applications" in error


def test_an_engine_elsewhere_cannot_reach_a_bus_on_loopback() -> None:
    code, output, error = outcrop("invite", "--engine")
    assert (code, output) == (1, "")
    assert "Set OUTCROP_BUS_LISTEN=0.0.0.0:4222" in error


def test_an_engine_elsewhere_needs_one_line_and_the_certificate(tmp_path: Path) -> None:
    listen = ListenAddress(host="10.0.0.5", port=4222, certificate=tmp_path / "c.pem", key=tmp_path / "c.key")
    assert engine_command("tls://token@10.0.0.5:4222?pin=/here/c.pem", listen) == (
        f"# first copy {tmp_path}/c.pem there, as bus.pem\n"
        "OUTCROP_BUS_URL='tls://token@10.0.0.5:4222?pin=bus.pem' outcrop engine\n"
    )


def test_the_url_of_another_bus_is_printed_unchanged() -> None:
    assert engine_command("nats://bus.example:4222?credentials=e.creds", None) == (
        "OUTCROP_BUS_URL='nats://bus.example:4222?credentials=e.creds' outcrop engine\n"
    )
