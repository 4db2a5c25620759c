"""Write a pipeline into one file, under the names that the first Stable Diffusion gave its weights."""

import re
from pathlib import Path
from typing import Any

from safetensors.torch import save_file
from torch import Tensor

RESNET = {
    "norm1": "in_layers.0",
    "conv1": "in_layers.2",
    "norm2": "out_layers.0",
    "conv2": "out_layers.3",
    "time_emb_proj": "emb_layers.1",
    "conv_shortcut": "skip_connection",
}
UNET = {
    "time_embedding.linear_1": "time_embed.0",
    "time_embedding.linear_2": "time_embed.2",
    "conv_in": "input_blocks.0.0",
    "conv_norm_out": "out.0",
    "conv_out": "out.2",
    "mid_block.resnets.0": "middle_block.0",
    "mid_block.attentions.0": "middle_block.1",
    "mid_block.resnets.1": "middle_block.2",
}
ATTENTION = {
    "group_norm.": "norm.",
    "to_q.": "q.",
    "to_k.": "k.",
    "to_v.": "v.",
    "to_out.0.": "proj_out.",
}


def one_file(pipe: Any, path: Path) -> Path:
    """Write the weights of a small Stable Diffusion (tests.engine.diffusion.models.sd)."""
    tensors = {
        **{f"model.diffusion_model.{_unet(name)}": value for name, value in pipe.unet.state_dict().items()},
        **{
            f"first_stage_model.{_vae(name)}": _conv(name, value)
            for name, value in pipe.vae.state_dict().items()
        },
        **{
            f"cond_stage_model.transformer.text_model.{name}": value
            for name, value in pipe.text_encoder.state_dict().items()
        },
    }
    save_file({name: value.contiguous() for name, value in tensors.items()}, path)
    return path


def _unet(name: str) -> str:
    """Return the name of a weight of a UNet with one layer a block: two places for each of its blocks."""
    for ours, theirs in UNET.items():
        name = re.sub(rf"^{ours}\.", f"{theirs}.", name)

    def place(found: re.Match[str]) -> str:
        side, block, kind, layer = found[1], int(found[2]), found[3], int(found[4])
        if kind == "downsamplers":
            return f"input_blocks.{2 * block + 2}.0.op"
        if kind == "upsamplers":
            return f"output_blocks.{2 * block + 1}.{2 if block == 0 else 1}.conv"
        number = 2 * block + 1 + layer if side == "down" else 2 * block + layer
        blocks = "input_blocks" if side == "down" else "output_blocks"
        return f"{blocks}.{number}.{0 if kind == 'resnets' else 1}"

    name = re.sub(r"^(down|up)_blocks\.(\d)\.(\w+)\.(\d)(?:\.conv(?=\.))?", place, name)
    if ".transformer_blocks." in name:
        return name
    for ours, theirs in RESNET.items():
        name = name.replace(f".{ours}.", f".{theirs}.")
    return name


def _vae(name: str) -> str:
    name = name.replace("conv_norm_out", "norm_out").replace("conv_shortcut", "nin_shortcut")
    name = re.sub(r"down_blocks\.(\d)\.resnets\.", r"down.\1.block.", name)
    name = re.sub(r"down_blocks\.(\d)\.downsamplers\.0", r"down.\1.downsample", name)
    name = re.sub(r"up_blocks\.(\d)\.resnets\.", lambda found: f"up.{3 - int(found[1])}.block.", name)
    name = re.sub(r"up_blocks\.(\d)\.upsamplers\.0", lambda found: f"up.{3 - int(found[1])}.upsample", name)
    name = re.sub(r"mid_block\.resnets\.(\d)", lambda found: f"mid.block_{int(found[1]) + 1}", name)
    if "mid_block.attentions.0." in name:
        name = name.replace("mid_block.attentions.0.", "mid.attn_1.")
        for ours, theirs in ATTENTION.items():
            name = name.replace(ours, theirs)
    return name


def _conv(name: str, value: Tensor) -> Tensor:
    """Return an attention's matrices as the 1×1 convolutions that they were."""
    return value[..., None, None] if ".to_" in name and name.endswith("weight") else value
