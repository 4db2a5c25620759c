"""Paint pictures in this process."""

import time
from pathlib import Path

from engine.errors import EngineError
from engine.outpaint import outpaint
from engine.painter import ProgressCallback
from engine.painter_registry import PainterRegistry
from outcrop.errors import FileFailed
from outcrop.exit_codes import FAILED
from outcrop.fix.batch import Batch
from outcrop.fix.destination import Destination
from outcrop.fix.prepare import PreparedPicture, prepare_outpaint, prepare_repeat
from outcrop.fix.progress import progress_display
from outcrop.fix.read_picture import MaskFile
from outcrop.fix.report import Report, Written
from outcrop.settings import Settings
from pictures.errors import PictureError
from pictures.limits import Limits
from pictures.output_format import OutputFormat


class LocalRunner:
    """Paints prepared pictures one after another; the painter stays loaded in between."""

    def __init__(
        self, painters: PainterRegistry, *, limits: Limits, output: Destination, report: Report
    ) -> None:
        self._painters = painters
        self._limits = limits
        self._output = output
        self._report = report

    def paint(self, prepared: PreparedPicture, on_progress: ProgressCallback) -> None:
        """Paint a picture, then write and report its results.

        Raises FileFailed, PictureError, and EngineError if the painter is not available or fails.
        """
        self._output.prepare(prepared.path)
        painter = self._painters.painter_for(prepared.recipe.painter)
        for note in (*prepared.notes, *self._output.notes):
            self._report.note(note)
        started = time.monotonic()
        for result in outpaint(
            prepared.source,
            prepared.recipe,
            variations=prepared.variations,
            painter=painter,
            limits=self._limits,
            on_progress=on_progress,
        ):
            data = self._output.output.encode(result.picture, result.recipe)
            path = self._output.write(prepared.path, result.recipe.seed, data)
            if prepared.original is not None and self._output.output == OutputFormat():
                verdict = "Identical to" if data == prepared.original else "Not identical to"
                self._report.note(f"{verdict} {prepared.path}.")
            seconds, started = time.monotonic() - started, time.monotonic()
            self._report.written(
                Written(path=path, size=result.picture.size, recipe=result.recipe, seconds=seconds)
            )


def paint_all(batch: Batch) -> int:
    """Paint every picture, even if an earlier one has failed; return the exit code."""
    limits = batch.settings.picture_limits.for_local_files
    try:
        painters = batch.settings.painters(model=batch.model)
        profile = painters.painter_for(batch.model).profile
    except EngineError as error:
        batch.report.failed(error)
        return FAILED
    runner = LocalRunner(painters, limits=limits, output=batch.output, report=batch.report)
    with progress_display(len(batch.pictures)) as display:
        for picture in batch.pictures:
            try:
                with display.painting(picture.name) as on_progress:
                    prepared = prepare_outpaint(picture, batch.mask, batch.options, profile, limits)
                    runner.paint(prepared, on_progress)
            except (FileFailed, PictureError, EngineError) as error:
                batch.failed(picture, error)
    return batch.finish()


def paint_again(
    result: Path,
    source: Path | None,
    mask: MaskFile | None,
    model: str,
    *,
    settings: Settings,
    output: Destination,
    report: Report,
) -> int:
    """Paint a result again and compare the bytes; return the exit code."""
    try:
        painters = settings.painters(model=model)
        limits = settings.picture_limits.for_local_files
        prepared = prepare_repeat(result, source, mask, painters, limits)
        runner = LocalRunner(painters, limits=limits, output=output, report=report)
        with progress_display(1) as display, display.painting(prepared.path.name) as on_progress:
            runner.paint(prepared, on_progress)
    except (FileFailed, PictureError, EngineError) as error:
        report.failed(error)
    return report.finish(1)
