"""What one `outcrop fix` is to do."""

from dataclasses import dataclass
from pathlib import Path

from options.request import PaintRequest
from outcrop.fix.destination import Destination
from outcrop.fix.read_picture import MaskFile
from outcrop.fix.report import Report
from outcrop.settings import Settings


@dataclass(frozen=True, kw_only=True, slots=True)
class Batch:
    """Pictures that are all to be extended in the same way."""

    pictures: tuple[Path, ...]
    mask: MaskFile | None
    """What of each is to be painted."""
    options: PaintRequest
    model: str
    """Who is to paint: a profile, `auto`, or a folder of diffusers."""
    output: Destination
    report: Report
    settings: Settings

    def failed(self, picture: Path, error: Exception) -> None:
        """Report why one of the pictures was not painted."""
        self.report.failed(f"{picture}: {error}" if len(self.pictures) > 1 else error)

    @property
    def code(self) -> int:
        """The exit code, once all is done."""
        return self.report.code(len(self.pictures))
