"""The GPU, as the program of its driver tells of it."""

from pathlib import Path

import pytest

from engine.device import Device, gpu_memory, nvidia_gpus

MIB = 2**20


def says(text: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Put a driver's program in place that answers with a text."""
    program = folder / "nvidia-smi"
    program.write_text(f"#!/bin/sh\ncat <<'END'\n{text}\nEND\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(folder), prepend=":")


async def test_the_first_gpu_is_told_of(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    says("NVIDIA A, the first, 24564, 20000\nNVIDIA B, 8192, 8000", tmp_path, monkeypatch)
    assert [gpu.name for gpu in nvidia_gpus()] == ["NVIDIA A, the first", "NVIDIA B"]
    assert gpu_memory() == 24564 * MIB
    device = Device()
    await device.refresh()
    assert (device.name, device.free_memory) == ("NVIDIA A, the first", 20000 * MIB)


@pytest.mark.parametrize("text", ["", "No devices were found", "GRID, [N/A], [N/A]"])
def test_what_makes_no_sense_is_no_gpu(text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    says(text, tmp_path, monkeypatch)
    monkeypatch.setattr("platform.system", lambda: "Linux")
    assert nvidia_gpus() == ()
    assert gpu_memory() is None


def test_apples_gpu_has_a_share_of_the_machines_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    says("", tmp_path, monkeypatch)
    monkeypatch.setattr("platform.system", lambda: "Darwin")
    monkeypatch.setattr("platform.machine", lambda: "arm64")
    monkeypatch.setattr("os.sysconf", {"SC_PAGE_SIZE": 16384, "SC_PHYS_PAGES": 2**20}.__getitem__)
    assert gpu_memory() == 12 * 2**30
