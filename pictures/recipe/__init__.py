"""What a picture says about how it was made: our own recipe, and what other programs write."""

from pictures.recipe.foreign import ForeignRecipe
from pictures.recipe.recipe import AUTO, FLAGGED, MAX_SEED, Recipe, Seed, Sha256
from pictures.recipe.settings import Infill, Seam

__all__ = ["AUTO", "FLAGGED", "MAX_SEED", "ForeignRecipe", "Infill", "Recipe", "Seam", "Seed", "Sha256"]
