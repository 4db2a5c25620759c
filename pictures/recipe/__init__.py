"""What a picture says about how it was made: our own recipe, and what other programs write."""

from pictures.recipe.found import Found
from pictures.recipe.ours import LARGEST_SEED, Recipe, Seed, Sha256

__all__ = ["LARGEST_SEED", "Found", "Recipe", "Seed", "Sha256"]
