"""Print the results, notes and errors of `outcrop fix`."""

import json
import sys
from dataclasses import asdict, dataclass
from pathlib import Path

from outcrop.exit_codes import FAILED, SUCCESS
from pictures.geometry import Size
from pictures.recipe import Recipe
from pictures.recipe.describe import repainted, settings_of


@dataclass(frozen=True, kw_only=True, slots=True)
class Written:
    """A result that has been written to a file."""

    path: Path
    size: Size
    recipe: Recipe
    seconds: float

    def __str__(self) -> str:
        how = f", {settings}" if (settings := settings_of(self.recipe)) else ""
        seed = f"seed {self.recipe.seed}"
        return f"{self.path}  {self.size}, {self.recipe.area}, {seed}{how}, {self.seconds:.1f} s"

    def as_json(self) -> str:
        """Return the result as one JSON object, for scripts."""
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
    """Prints results to standard output, and everything else to standard error."""

    def __init__(self, *, as_json: bool = False) -> None:
        self._as_json = as_json
        self._notes: set[str] = set()
        self._failures = 0

    def written(self, result: Written) -> None:
        """Print a result."""
        if band := repainted(result.recipe):
            self.note(band)
        sys.stdout.write(f"{result.as_json() if self._as_json else result}\n")
        sys.stdout.flush()

    def note(self, text: str) -> None:
        """Print a note, only once even if it is true of many pictures."""
        if text not in self._notes:
            self._notes.add(text)
            sys.stderr.write(f"{text}\n")

    def failed(self, error: Exception | str) -> None:
        """Print why a picture was not painted."""
        self._failures += 1
        sys.stderr.write(f"outcrop fix: {error}\n")

    def finish(self, pictures: int) -> int:
        """Print how many of several pictures failed, and return the exit code."""
        if self._failures and pictures > 1:
            self.note(f"{self._failures:,} of {pictures:,} pictures failed.")
        return FAILED if self._failures else SUCCESS
