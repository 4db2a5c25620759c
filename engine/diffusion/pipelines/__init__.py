"""Diffusers' pipelines, loaded and taken apart into what the denoising loop needs."""
