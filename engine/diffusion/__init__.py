"""The diffusion painter; torch is loaded only by the modules that compute with it."""
