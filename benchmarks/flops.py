"""Denoiser FLOPs of the real SD-1.5 architecture: planned windows against the whole extended canvas.

torch counts the FLOPs on meta tensors. The whole canvas in one pass is what StableDiffusionInpaintPipeline
does with an extended picture, and what InvokeAI 2.3 did.
"""

from dataclasses import replace
from functools import cache

import numpy as np
import torch
from diffusers import UNet2DConditionModel
from torch.utils.flop_counter import FlopCounterMode

from benchmarks.report import print_measurement
from engine.models.profiles import CONTEXT_FAST, PROFILES, Profile
from engine.planning.planner import Planner
from pictures.geometry import Outcrop, Size

CELL = 8
JOBS = (
    (Size(width=1024, height=1024), Outcrop(top=128), "≥ 2.3×", "≥ 3.1×"),
    (Size(width=2048, height=2048), Outcrop(top=128, right=64), "≥ 5.5×", "≥ 7.5×"),
    (Size(width=4096, height=4096), Outcrop(top=128), "≥ 60×", "≥ 85×"),
)


@cache
def _unet() -> UNet2DConditionModel:
    """Return the denoiser of stable-diffusion-inpainting, as its config.json says, without weights."""
    with torch.device("meta"):
        return UNet2DConditionModel(in_channels=9, cross_attention_dim=768, attention_head_dim=8)


@cache
def forward(cells: Size) -> float:
    """Return the FLOPs of one forward pass of one sample."""
    with torch.device("meta"):
        sample, text = torch.empty(1, 9, cells.height, cells.width), torch.empty(1, 77, 768)
        with torch.no_grad(), FlopCounterMode(display=False) as counter:
            _unet()(sample, torch.tensor(0), text)
    return float(counter.get_total_flops())


def windows(size: Size, sides: Outcrop, profile: Profile) -> list[Size]:
    """Return the windows of one step of a job, in latent cells."""
    grown, box = sides.grow(size), sides.known_box(size)
    known = np.zeros((grown.height // CELL, grown.width // CELL), np.bool_)
    known[box.top // CELL : box.bottom // CELL, box.left // CELL : box.right // CELL] = True
    planner = Planner(
        window=profile.window // CELL,
        context=profile.context // CELL,
        increment=profile.increment and profile.increment // CELL,
        max_side=profile.max_side // CELL,
        cost=profile.cost,
    )
    plan = planner(known, ~known)
    return [Size(width=window.width, height=window.height) for ring in plan for window in ring.windows]


def crop(size: Size, sides: Outcrop, profile: Profile) -> Size:
    """Return the size, in latent cells, that crop-and-stitch paints at the picture's own scale.

    It is the bounding box of the unknown pixels, at least a window wide and high; with borders on two
    adjacent sides, it is the whole canvas.
    """
    grown = sides.grow(size)
    horizontal, vertical = sides.left + sides.right, sides.top + sides.bottom
    width = grown.width if vertical else min(grown.width, max(profile.window, horizontal))
    height = grown.height if horizontal else min(grown.height, max(profile.window, vertical))
    return Size(width=width // CELL, height=height // CELL)


def main() -> None:
    """Run the benchmark and print its measurements."""
    print("Denoiser work, SD-1.5 architecture, one step: the whole canvas against planned windows")
    native = PROFILES["sd15-inpaint"]
    fast = replace(native, context=CONTEXT_FAST)
    for size, sides, target, fast_target in JOBS:
        grown = sides.grow(size)
        whole = forward(Size(width=grown.width // CELL, height=grown.height // CELL))
        for profile, profile_target, name in (
            (native, target, "native windows"),
            (fast, fast_target, "256 px of context"),
        ):
            planned = windows(size, sides, profile)
            ratio = whole / sum(map(forward, planned))
            print_measurement(f"{size} + {sides}, {name} ({len(planned)})", f"{ratio:.2f}×", profile_target)
        stitched = forward(crop(size, sides, native)) / sum(map(forward, windows(size, sides, native)))
        print_measurement(f"{size} + {sides}, native windows against a native crop", f"{stitched:.2f}×", "–")
    worst = max(
        abs(native.cost(cells) / forward(cells) - 1)
        for cells in (Size(width=64, height=64), Size(width=144, height=128), Size(width=264, height=272))
    )
    print_measurement("the planner's cost against the FLOP count, worst relative error", f"{worst:.1e}", "–")


if __name__ == "__main__":
    main()
