"""The denoising loop: increments, overlapping windows, and the tiled VAE."""
