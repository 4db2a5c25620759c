"""Time on the real SD-1.5 architecture: the whole extended canvas against planned windows, 1024² +128 above.

Weights are random: this measures time, not quality. Two forward passes and one VAE pass of each method are
timed and extrapolated to a whole job, on a GPU if there is one, otherwise on the CPU in bfloat16.
"""

import time
from collections.abc import Callable, Sequence
from typing import Any

import torch
from diffusers import AutoencoderKL, UNet2DConditionModel

from benchmarks.flops import windows
from benchmarks.report import print_measurement
from engine.diffusion.pipelines.load import best_device
from engine.models.profiles import PROFILES
from pictures.geometry import Outcrop, Size

SIZE, SIDES = Size(width=1024, height=1024), Outcrop(top=128)
FORWARDS = 2 * 30
"""Thirty steps, each with and without the prompt."""
REPEATS = 2


def unet() -> UNet2DConditionModel:
    """Return the denoiser of stable-diffusion-inpainting, as its config.json says."""
    return UNet2DConditionModel(in_channels=9, cross_attention_dim=768, attention_head_dim=8)


def vae() -> AutoencoderKL:
    """Return the VAE of Stable Diffusion 1, as its config.json says."""
    return AutoencoderKL(
        block_out_channels=(128, 256, 512, 512),
        down_block_types=("DownEncoderBlock2D",) * 4,
        up_block_types=("UpDecoderBlock2D",) * 4,
        layers_per_block=2,
        latent_channels=4,
        sample_size=512,
    )


def build_random(build: Callable[[], Any], device: torch.device) -> Any:
    """Return a model of random weights created in bfloat16: float32 would take twice the memory."""
    torch.set_default_dtype(torch.bfloat16)
    try:
        return build().eval().to(device)
    finally:
        torch.set_default_dtype(torch.float32)


def seconds(work: Callable[[], object], device: torch.device) -> float:
    """Return the seconds that a function takes, including the GPU's work."""
    start = time.perf_counter()
    work()
    if device.type == "cuda":
        torch.cuda.synchronize()
    return time.perf_counter() - start


@torch.inference_mode()
def denoising(sizes: Sequence[Size], device: torch.device) -> float:
    """Return the seconds of one step without guidance, summed over windows (sizes in latent cells)."""
    model = build_random(unet, device)
    text = torch.zeros(1, 77, 768, dtype=torch.bfloat16, device=device)

    def forward(size: Size) -> float:
        sample = torch.zeros(1, 9, size.height, size.width, dtype=torch.bfloat16, device=device)
        return min(seconds(lambda: model(sample, 500, text), device) for _ in range(REPEATS))

    seconds_by_size = {size: forward(size) for size in set(sizes)}
    return sum(seconds_by_size[size] for size in sizes)


@torch.inference_mode()
def coding(sizes: Sequence[Size], device: torch.device) -> float:
    """Return the seconds of one encode and one decode, summed over windows (sizes in latent cells)."""
    model = build_random(vae, device)

    def encode_and_decode(size: Size) -> float:
        pixels = torch.zeros(1, 3, size.height * 8, size.width * 8, dtype=torch.bfloat16, device=device)
        return seconds(lambda: model.decode(model.encode(pixels).latent_dist.mode()), device)

    seconds_by_size = {size: encode_and_decode(size) for size in set(sizes)}
    return sum(seconds_by_size[size] for size in sizes)


def main() -> None:
    """Run the benchmark and print its measurements."""
    device = best_device()
    print(f"Wall time on {device}, SD-1.5 architecture, random weights, bfloat16: {SIZE} + {SIDES}")
    grown = SIDES.grow(SIZE)
    methods = {
        "whole canvas": [Size(width=grown.width // 8, height=grown.height // 8)],
        "planned windows": windows(SIZE, SIDES, PROFILES["sd15-inpaint"]),
    }
    steps = {name: denoising(sizes, device) for name, sizes in methods.items()}
    passes = {name: coding(sizes, device) for name, sizes in methods.items()}
    jobs = {name: FORWARDS * steps[name] + passes[name] for name in methods}
    for name, sizes in methods.items():
        print_measurement(f"{name} ({len(sizes)}): one forward pass each", f"{steps[name]:.2f} s", "–")
        print_measurement(f"{name}: encode and decode", f"{passes[name]:.2f} s", "–")
        print_measurement(f"{name}: 30 guided steps, extrapolated", f"{jobs[name]:.0f} s", "–")
    whole, windowed = jobs.values()
    print_measurement("whole canvas against windows, a job, extrapolated", f"{whole / windowed:.2f}×", "≥ 3×")


if __name__ == "__main__":
    main()
