"""Paint pictures in this very process."""

import time
from pathlib import Path

from engine.errors import EngineError
from engine.outpaint import outpaint
from engine.painter import ProgressCallback
from engine.painter_registry import PainterRegistry
from outcrop.fix.batch import Batch
from outcrop.fix.destination import Destination
from outcrop.fix.prepare import PreparedPicture, prepare_outpaint, prepare_repeat
from outcrop.fix.progress import progress_display
from outcrop.fix.read_picture import FileFailed, MaskFile
from outcrop.fix.report import Report, Written
from outcrop.painting import painters_by
from outcrop.settings import Settings
from pictures.errors import PictureError
from pictures.limits import Limits
from pictures.output_format import OutputFormat


class LocalRunner:
    """Paints work after work, with a painter that stays loaded."""

    def __init__(
        self, painters: PainterRegistry, *, limits: Limits, output: Destination, report: Report
    ) -> None:
        self._painters = painters
        self._limits = limits
        self._output = output
        self._report = report

    def paint(self, work: PreparedPicture, checkpoint: ProgressCallback) -> None:
        """Paint, write and report the results of one picture.

        Raises FileFailed, PictureError, and EngineError where the painter is not here or gives up.
        """
        self._output.prepare(work.path)
        painter = self._painters.painter_for(work.recipe.painter)
        for note in (*work.notes, *self._output.notes):
            self._report.note(note)
        began = time.monotonic()
        for painting in outpaint(
            work.source,
            work.recipe,
            variations=work.variations,
            painter=painter,
            limits=self._limits,
            checkpoint=checkpoint,
        ):
            data = self._output.output.encode(painting.picture, painting.recipe)
            path = self._output.write(work.path, painting.recipe.seed, data)
            if work.original is not None and self._output.output == OutputFormat():
                same = "The same bytes as" if data == work.original else "Not the same bytes as"
                self._report.note(f"{same} {work.path}.")
            seconds, began = time.monotonic() - began, time.monotonic()
            self._report.written(
                Written(path=path, size=painting.picture.size, recipe=painting.recipe, seconds=seconds)
            )


def paint_all(order: Batch) -> int:
    """Paint picture after picture, whatever becomes of the one before; return the exit code."""
    limits = order.settings.pictures.at_home
    try:
        painters = painters_by(order.settings, model=order.model)
        profile = painters.painter_for(order.model).profile
    except EngineError as error:
        order.report.failed(error)
        return 1
    here = LocalRunner(painters, limits=limits, output=order.output, report=order.report)
    with progress_display(len(order.pictures)) as board:
        for picture in order.pictures:
            try:
                with board.painting(picture.name) as checkpoint:
                    here.paint(
                        prepare_outpaint(picture, order.mask, order.options, profile, limits), checkpoint
                    )
            except (FileFailed, PictureError, EngineError) as error:
                order.failed(picture, error)
    return order.code


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
    """Paint a result once more and compare; return the exit code."""
    try:
        painters = painters_by(settings, model=model)
        limits = settings.pictures.at_home
        work = prepare_repeat(result, source, mask, painters, limits)
        with progress_display(1) as board, board.painting(work.path.name) as checkpoint:
            LocalRunner(painters, limits=limits, output=output, report=report).paint(work, checkpoint)
    except (FileFailed, PictureError, EngineError) as error:
        report.failed(error)
    return report.code(1)
