"""The images and compose files, as far as can be told without a Docker engine."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[2]

IMAGES = sorted((ROOT / "docker").glob("*.Dockerfile"))

COMPOSE = sorted((ROOT / "docker").glob("compose*.yaml"))


def words(dockerfile: Path, instruction: str) -> list[list[str]]:
    return [
        line.split()[1:] for line in dockerfile.read_text().splitlines() if line.startswith(instruction + " ")
    ]


def services(file: Path) -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load(file.read_text())["services"]
    return found


@pytest.mark.parametrize("image", IMAGES, ids=lambda file: file.name)
def test_everything_that_is_copied_is_there_and_not_ignored(image: Path) -> None:
    let_in = {line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")}
    for *sources, _ in (copied for copied in words(image, "COPY") if not copied[0].startswith("--from")):
        assert set(sources) <= let_in
        assert all((ROOT / source).exists() for source in sources)


@pytest.mark.parametrize("image", IMAGES, ids=lambda file: file.name)
def test_nobody_is_root_and_health_is_asked_for(image: Path) -> None:
    assert words(image, "USER") == [["1000"]]
    assert words(image, "HEALTHCHECK")
    port = 9420 + (image.name == "engine.Dockerfile")
    assert f"http://127.0.0.1:{port}/healthz" in image.read_text()
    assert "OUTCROP_HTTP=127.0.0.1:9420" in image.read_text()


def test_the_bot_carries_no_torch() -> None:
    assert "diffusion" not in (ROOT / "docker" / "bot.Dockerfile").read_text()


@pytest.mark.parametrize("file", COMPOSE, ids=lambda file: file.name)
def test_compose_files_name_what_exists(file: Path) -> None:
    for service in services(file).values():
        if "build" in service:
            assert (ROOT / service["build"]["dockerfile"]).exists()
        for volume in service.get("volumes", ()):
            source = volume.split(":")[0]
            if source.startswith("./") and "certificates" not in source:
                assert (file.parent / source).exists()


def test_parts_start_in_the_order_of_their_health_and_come_back() -> None:
    parts = services(ROOT / "docker" / "compose.yaml")
    assert set(parts) == {"nats", "bot", "engine"}
    assert "healthcheck" in parts["nats"]
    for part in ("bot", "engine"):
        assert parts[part]["depends_on"] == {"nats": {"condition": "service_healthy"}}
    assert {part["restart"] for part in parts.values()} == {"unless-stopped"}
    assert all(part["read_only"] for part in parts.values())


def test_a_second_machine_needs_the_url_alone() -> None:
    file = ROOT / "docker" / "compose.fleet.yaml"
    assert set(services(file)) == {"engine"}
    assert re.findall(r"\$\{(\w+):\?", file.read_text()) == ["OUTCROP_BUS_URL"]


@pytest.mark.parametrize("file", ["compose.yaml", "compose.fleet.yaml"])
def test_an_engine_reserves_a_gpu(file: str) -> None:
    engine = services(ROOT / "docker" / file)["engine"]
    [device] = engine["deploy"]["resources"]["reservations"]["devices"]
    assert device == {"driver": "nvidia", "count": 1, "capabilities": ["gpu"]}


@pytest.mark.parametrize("file", [*IMAGES, *COMPOSE], ids=lambda file: file.name)
def test_no_secret_is_written_down(file: Path) -> None:
    for line in file.read_text().splitlines():
        if re.match(r"\s*(DISCORD_TOKEN|HF_TOKEN|OUTCROP_BUS_TOKEN):", line):
            assert "${" in line
