"""Settings, and above all those that open the bus to the network."""

from pathlib import Path

import pytest

from bus.embedded.address import ListenAddress
from outcrop.invite import engine_command
from outcrop.settings import InvalidSetting, read_settings


@pytest.fixture(autouse=True)
def nothing_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def configure(monkeypatch: pytest.MonkeyPatch, **settings: str) -> None:
    for name, value in settings.items():
        monkeypatch.setenv(f"OUTCROP_BUS_{name}", value)


def test_a_model_and_what_it_is_loaded_with_are_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    given = {"MODEL_CONFIG": "sd15", "LORA": "ink.safetensors", "PICKLES": "yes", "SAFETY": "spoiler"}
    for name, value in given.items():
        monkeypatch.setenv(f"OUTCROP_{name}", value)
    settings = read_settings()
    assert (settings.config, settings.lora) == (Path("sd15"), Path("ink.safetensors"))
    assert (settings.pickles, settings.safety) == (True, "spoiler")


def test_a_safety_that_there_is_not_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OUTCROP_SAFETY", "some")
    with pytest.raises(InvalidSetting, match="OUTCROP_SAFETY does not work"):
        read_settings()


def test_by_default_the_bus_stays_on_loopback() -> None:
    assert read_settings().listen is None


def test_opened_to_the_network_it_wants_tls(monkeypatch: pytest.MonkeyPatch) -> None:
    configure(monkeypatch, LISTEN="0.0.0.0:4222")
    with pytest.raises(InvalidSetting, match=r"OUTCROP_BUS_CERTIFICATE.*OUTCROP_BUS_PLAINTEXT=yes"):
        _ = read_settings().listen


def test_a_certificate_opens_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("bus.pem", "bus.key"):
        (tmp_path / name).write_text("")
    configure(monkeypatch, LISTEN="0.0.0.0:4222", CERTIFICATE="bus.pem", KEY="bus.key")
    assert read_settings().listen == ListenAddress(
        host="0.0.0.0", port=4222, certificate=tmp_path / "bus.pem", key=tmp_path / "bus.key"
    )


@pytest.mark.parametrize("missing", ["CERTIFICATE", "KEY"])
def test_a_certificate_without_its_key_is_named(missing: str, monkeypatch: pytest.MonkeyPatch) -> None:
    configure(monkeypatch, LISTEN="0.0.0.0:4222", **{missing: "bus.pem"})
    with pytest.raises(InvalidSetting, match="only work together"):
        _ = read_settings().listen


def test_a_file_that_is_not_there_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    configure(monkeypatch, LISTEN="0.0.0.0:4222", CERTIFICATE="nowhere.pem", KEY="nowhere.key")
    with pytest.raises(InvalidSetting, match=r"there is no file nowhere\.pem"):
        _ = read_settings().listen


def test_plaintext_is_a_word_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    configure(monkeypatch, LISTEN="0.0.0.0:4222", PLAINTEXT="yes")
    assert read_settings().listen == ListenAddress(host="0.0.0.0", port=4222)


def test_another_machine_is_told_one_line(tmp_path: Path) -> None:
    listen = ListenAddress(host="10.0.0.5", port=4222, certificate=tmp_path / "c.pem", key=tmp_path / "c.key")
    said = engine_command("tls://token@10.0.0.5:4222?pin=/here/c.pem", listen)
    assert said == (
        f"# first copy {tmp_path}/c.pem there, as bus.pem\n"
        "OUTCROP_BUS_URL='tls://token@10.0.0.5:4222?pin=bus.pem' outcrop engine\n"
    )


def test_a_bus_of_ones_own_is_told_as_it_is() -> None:
    assert engine_command("nats://bus.example:4222?credentials=e.creds", None) == (
        "OUTCROP_BUS_URL='nats://bus.example:4222?credentials=e.creds' outcrop engine\n"
    )
