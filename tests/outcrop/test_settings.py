"""The settings, above all those that open the bus to the network."""

from pathlib import Path

import pytest

from bus.embedded.address import ListenAddress
from outcrop.errors import InvalidSetting
from outcrop.settings import read_settings


@pytest.fixture(autouse=True)
def _in_an_empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def set_bus(monkeypatch: pytest.MonkeyPatch, **settings: str) -> None:
    for name, value in settings.items():
        monkeypatch.setenv(f"OUTCROP_BUS_{name}", value)


def test_the_model_and_its_load_options_are_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    values = {"MODEL_CONFIG": "sd15", "LORA": "ink.safetensors", "PICKLES": "yes", "SAFETY": "spoiler"}
    for name, value in values.items():
        monkeypatch.setenv(f"OUTCROP_{name}", value)
    settings = read_settings()
    assert (settings.config, settings.lora) == (Path("sd15"), Path("ink.safetensors"))
    assert (settings.pickles, settings.safety) == (True, "spoiler")


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("OUTCROP_SAFETY", "some", "'off', 'spoiler' or 'block'"),
        ("OUTCROP_USER_LIMIT", "many", "a whole number"),
        ("OUTCROP_USER_LIMIT", "1.5", "a whole number"),
        ("OUTCROP_USER_LIMIT", "0", "at least 1"),
        ("OUTCROP_USER_LIMIT", "1001", "at most 1,000"),
        ("OUTCROP_ACK_WAIT", "soon", "a number"),
        ("OUTCROP_KEEP_DAYS", "0", "more than 0"),
        ("OUTCROP_PICKLES", "perhaps", "yes or no"),
        ("OUTCROP_HTTP", "localhost", "host:port, such as 0.0.0.0:4222"),
        ("OUTCROP_MODEL", "Stable Diffusion", "the name of a model (see `outcrop models`) or a folder"),
    ],
)
def test_an_invalid_value_is_one_sentence_that_says_what_is_valid(
    name: str, value: str, expected: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(InvalidSetting) as error:
        read_settings()
    assert str(error.value) == f"Invalid {name}: it must be {expected}, not {value!r}."


def test_a_secret_is_not_printed(monkeypatch: pytest.MonkeyPatch) -> None:
    set_bus(monkeypatch, URL="http://secret@host:4222")
    with pytest.raises(InvalidSetting) as error:
        read_settings()
    assert str(error.value) == "Invalid OUTCROP_BUS_URL: it must be a URL such as nats://token@host:4222."


def test_by_default_the_bus_listens_only_on_loopback() -> None:
    assert read_settings().listen_address is None


def test_opening_the_bus_to_the_network_requires_tls(monkeypatch: pytest.MonkeyPatch) -> None:
    set_bus(monkeypatch, LISTEN="0.0.0.0:4222")
    with pytest.raises(InvalidSetting, match=r"OUTCROP_BUS_CERTIFICATE.*OUTCROP_BUS_PLAINTEXT=yes"):
        _ = read_settings().listen_address


def test_a_certificate_opens_the_bus(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("bus.pem", "bus.key"):
        (tmp_path / name).write_text("")
    set_bus(monkeypatch, LISTEN="0.0.0.0:4222", CERTIFICATE="bus.pem", KEY="bus.key")
    assert read_settings().listen_address == ListenAddress(
        host="0.0.0.0", port=4222, certificate=tmp_path / "bus.pem", key=tmp_path / "bus.key"
    )


@pytest.mark.parametrize("name", ["CERTIFICATE", "KEY"])
def test_a_certificate_and_its_key_must_both_be_set(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    set_bus(monkeypatch, LISTEN="0.0.0.0:4222", **{name: "bus.pem"})
    with pytest.raises(InvalidSetting, match="only work together"):
        _ = read_settings().listen_address


def test_a_missing_certificate_file_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    set_bus(monkeypatch, LISTEN="0.0.0.0:4222", CERTIFICATE="nowhere.pem", KEY="nowhere.key")
    with pytest.raises(InvalidSetting, match=r"there is no file nowhere\.pem"):
        _ = read_settings().listen_address


def test_plaintext_needs_a_setting_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    set_bus(monkeypatch, LISTEN="0.0.0.0:4222", PLAINTEXT="yes")
    assert read_settings().listen_address == ListenAddress(host="0.0.0.0", port=4222)
