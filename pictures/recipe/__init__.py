"""What a picture says about how it was made: our own recipe, and what other programs write."""

from pictures.recipe.found import Found
from pictures.recipe.ours import AUTO, FLAGGED, LARGEST_SEED, Recipe, Seed, Sha256
from pictures.recipe.wishes import Infill, Seam

__all__ = ["AUTO", "FLAGGED", "LARGEST_SEED", "Found", "Infill", "Recipe", "Seam", "Seed", "Sha256"]
