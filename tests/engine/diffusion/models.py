"""Tiny models of every family, built from configurations: the real code with weights that mean nothing."""

import json
from pathlib import Path
from typing import Any

import torch
from diffusers import (
    AutoencoderKL,
    DDIMScheduler,
    EulerDiscreteScheduler,
    FlowMatchEulerDiscreteScheduler,
    FluxFillPipeline,
    FluxTransformer2DModel,
    StableDiffusionInpaintPipeline,
    StableDiffusionXLInpaintPipeline,
    UNet2DConditionModel,
)
from transformers import (
    CLIPTextConfig,
    CLIPTextModel,
    CLIPTextModelWithProjection,
    CLIPTokenizer,
    T5Config,
    T5EncoderModel,
    T5TokenizerFast,
)

START, END = "<|startoftext|>", "<|endoftext|>"
TRAINED_NOISE = {
    "beta_start": 0.00085,
    "beta_end": 0.012,
    "beta_schedule": "scaled_linear",
    "steps_offset": 1,
}


def clip_tokenizer(folder: Path) -> CLIPTokenizer:
    """Return a tokenizer that knows single letters."""
    letters = [chr(code) for code in range(33, 127)]
    words = [*letters, *(f"{letter}</w>" for letter in letters), START, END]
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "vocab.json").write_text(json.dumps({word: index for index, word in enumerate(words)}))
    (folder / "merges.txt").write_text("#version: 0.2\n")
    return CLIPTokenizer.from_pretrained(folder, model_max_length=77)


def clip_text(tokenizer: CLIPTokenizer, kind: Any = CLIPTextModel, **options: Any) -> Any:
    """Return a small text encoder."""
    return kind(
        CLIPTextConfig(
            vocab_size=len(tokenizer),
            hidden_size=32,
            intermediate_size=64,
            num_hidden_layers=2,
            num_attention_heads=4,
            max_position_embeddings=77,
            bos_token_id=tokenizer.bos_token_id,
            eos_token_id=tokenizer.eos_token_id,
            pad_token_id=tokenizer.pad_token_id,
            **options,
        )
    ).eval()


def vae(latent_channels: int = 4, **options: Any) -> AutoencoderKL:
    """Return a small VAE with cells of 8×8 pixels."""
    return AutoencoderKL(
        latent_channels=latent_channels,
        block_out_channels=(8, 8, 8, 8),
        norm_num_groups=4,
        down_block_types=("DownEncoderBlock2D",) * 4,
        up_block_types=("UpDecoderBlock2D",) * 4,
        sample_size=64,
        **options,
    ).eval()


def unet(in_channels: int, **options: Any) -> UNet2DConditionModel:
    """Return a small UNet, for windows of 64 px unless options say otherwise."""
    return UNet2DConditionModel(
        **{
            "sample_size": 8,
            "in_channels": in_channels,
            "out_channels": 4,
            "layers_per_block": 1,
            "block_out_channels": (32, 64),
            "down_block_types": ("DownBlock2D", "CrossAttnDownBlock2D"),
            "up_block_types": ("CrossAttnUpBlock2D", "UpBlock2D"),
            "attention_head_dim": 8,
            "norm_num_groups": 8,
            **options,
        }
    ).eval()


def sd(folder: Path, *, in_channels: int = 9, **options: Any) -> StableDiffusionInpaintPipeline:
    """Return a small Stable Diffusion, for inpainting with 9 channels or not with 4."""
    torch.manual_seed(0)
    tokenizer = clip_tokenizer(folder / "letters")
    return StableDiffusionInpaintPipeline(
        vae=vae(),
        text_encoder=clip_text(tokenizer),
        tokenizer=tokenizer,
        unet=unet(in_channels, cross_attention_dim=32, **options),
        scheduler=DDIMScheduler(clip_sample=False, set_alpha_to_one=False, **TRAINED_NOISE),
        safety_checker=None,
        feature_extractor=None,
        requires_safety_checker=False,
    )


def sdxl(folder: Path, *, in_channels: int = 9) -> StableDiffusionXLInpaintPipeline:
    """Return a small SDXL."""
    torch.manual_seed(0)
    tokenizer = clip_tokenizer(folder / "letters")
    return StableDiffusionXLInpaintPipeline(
        vae=vae(),
        text_encoder=clip_text(tokenizer),
        text_encoder_2=clip_text(tokenizer, CLIPTextModelWithProjection, projection_dim=32),
        tokenizer=tokenizer,
        tokenizer_2=tokenizer,
        unet=unet(
            in_channels,
            cross_attention_dim=64,
            addition_embed_type="text_time",
            addition_time_embed_dim=8,
            projection_class_embeddings_input_dim=6 * 8 + 32,
        ),
        scheduler=EulerDiscreteScheduler(**TRAINED_NOISE),
        add_watermarker=False,
    )


def flux(folder: Path) -> FluxFillPipeline:
    """Return a small Flux Fill."""
    torch.manual_seed(0)
    tokenizer = clip_tokenizer(folder / "letters")
    pieces = [("<pad>", 0.0), ("</s>", 0.0), ("<unk>", 0.0), *((chr(code), -1.0) for code in range(33, 127))]
    pieces.append(("▁", -1.0))
    t5 = T5TokenizerFast(vocab=pieces, extra_ids=0, model_max_length=512)
    return FluxFillPipeline(
        vae=vae(latent_channels=4, shift_factor=0.1, scaling_factor=0.4),
        text_encoder=clip_text(tokenizer),
        text_encoder_2=T5EncoderModel(
            T5Config(vocab_size=len(pieces), d_model=32, d_kv=8, d_ff=64, num_layers=1, num_heads=4)
        ).eval(),
        tokenizer=tokenizer,
        tokenizer_2=t5,
        transformer=FluxTransformer2DModel(
            in_channels=16 + 16 + 256,
            out_channels=16,
            num_layers=1,
            num_single_layers=1,
            attention_head_dim=16,
            num_attention_heads=2,
            joint_attention_dim=32,
            pooled_projection_dim=32,
            axes_dims_rope=(4, 6, 6),
            guidance_embeds=True,
        ).eval(),
        scheduler=FlowMatchEulerDiscreteScheduler(use_dynamic_shifting=True, shift=3.0),
    )
