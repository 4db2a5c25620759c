"""Say what became of each picture of a command."""

import json
import sys
from dataclasses import asdict, dataclass
from pathlib import Path

from pictures.geometry import Size
from pictures.recipe import Recipe
from pictures.recipe.describe import repainted, settings_of


@dataclass(frozen=True, kw_only=True, slots=True)
class Written:
    """A result that lies in its file."""

    path: Path
    size: Size
    recipe: Recipe
    seconds: float

    def __str__(self) -> str:
        how = f", {settings}" if (settings := settings_of(self.recipe)) else ""
        seed = f"seed {self.recipe.seed}"
        return f"{self.path}  {self.size}, {self.recipe.area}, {seed}{how}, {self.seconds:.1f} s"

    def as_json(self) -> str:
        """Return what a script wants to know, as one JSON object."""
        return json.dumps(
            {
                "path": str(self.path),
                "size": asdict(self.size),
                "seed": self.recipe.seed,
                "sides": asdict(self.recipe.sides),
                "seconds": round(self.seconds, 3),
            }
        )


class Report:
    """Results go to standard output, all else to standard error."""

    def __init__(self, *, as_json: bool = False) -> None:
        self._as_json = as_json
        self._noted: set[str] = set()
        self._failures = 0

    def written(self, result: Written) -> None:
        """Report a result."""
        if band := repainted(result.recipe):
            self.note(band)
        sys.stdout.write(f"{result.as_json() if self._as_json else result}\n")
        sys.stdout.flush()

    def note(self, text: str) -> None:
        """Say what a person should know; the same for many pictures is said once."""
        if text not in self._noted:
            self._noted.add(text)
            sys.stderr.write(f"{text}\n")

    def failed(self, error: Exception | str) -> None:
        """Say why a picture was not painted."""
        self._failures += 1
        sys.stderr.write(f"outcrop fix: {error}\n")

    def code(self, pictures: int) -> int:
        """Return the exit code; of several pictures, say how many failed."""
        if self._failures and pictures > 1:
            self.note(f"{self._failures} of {pictures} pictures failed.")
        return 1 if self._failures else 0
