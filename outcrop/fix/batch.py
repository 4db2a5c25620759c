"""The pictures of one `outcrop fix`, and how to extend them."""

from dataclasses import dataclass
from pathlib import Path

from options.request import PaintRequest
from outcrop.fix.destination import Destination
from outcrop.fix.read_picture import MaskFile
from outcrop.fix.report import Report
from outcrop.settings import Settings


@dataclass(frozen=True, kw_only=True, slots=True)
class Batch:
    """Pictures that are all extended in the same way."""

    pictures: tuple[Path, ...]
    mask: MaskFile | None
    """Which part of each picture to paint."""
    options: PaintRequest
    model: str
    """The painter: a profile, `auto`, or a diffusers folder."""
    output: Destination
    report: Report
    settings: Settings

    def failed(self, picture: Path, error: Exception) -> None:
        """Report why a picture was not painted."""
        self.report.failed(f"{picture}: {error}" if len(self.pictures) > 1 else error)

    def finish(self) -> int:
        """Report how many pictures failed, and return the exit code."""
        return self.report.finish(len(self.pictures))
