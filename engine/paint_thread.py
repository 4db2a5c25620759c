"""One thread that paints, so that the event loop stays free."""

import asyncio
import queue
import threading
import traceback
from collections.abc import Callable
from typing import Any, TypeVar

import structlog

from engine.errors import EngineError

log = structlog.get_logger()

T = TypeVar("T")


class PaintThread:
    """Runs one piece of work after the other, always in the same thread, as GPU libraries like it.

    The thread is a daemon: an engine that is asked to stop need not wait for a brush stroke to end.
    """

    def __init__(self) -> None:
        self._work: queue.SimpleQueue[Callable[[], None]] = queue.SimpleQueue()
        threading.Thread(target=self._run, name="painting", daemon=True).start()

    async def __call__(self, work: Callable[[], T]) -> T:
        """Return what the work returns, or raise what it raises."""
        loop = asyncio.get_running_loop()
        outcome: asyncio.Future[T] = loop.create_future()

        def settle(how: Callable[[Any], None], value: Any) -> None:
            if not outcome.cancelled():
                how(value)

        def paint() -> None:
            try:
                result = work()
            except BaseException as error:  # noqa: BLE001 - raised again where it is awaited
                # Else what the work held would live as long as the error, and end in another thread.
                traceback.clear_frames(error.__traceback__)
                loop.call_soon_threadsafe(settle, outcome.set_exception, error)
            else:
                loop.call_soon_threadsafe(settle, outcome.set_result, result)

        self._work.put(paint)
        return await outcome

    def later(self, work: Callable[[], object]) -> None:
        """Have some work done when its turn comes; nobody waits for it, and the log has what it raises."""

        def tidy() -> None:
            try:
                work()
            except Exception:
                log.exception("what a job left could not be put away")

        self._work.put(tidy)

    def _run(self) -> None:
        while True:
            self._work.get()()


class PaintRun:
    """What the painting thread and the event loop know of one job: how far it is, and whether to stop."""

    def __init__(self) -> None:
        self.done = 0
        self.total = 0
        self.preview: bytes | None = None
        self.doing: str | None = None
        """What is done before painting begins, for people."""
        self._stop: EngineError | None = None

    def stop(self, why: EngineError) -> None:
        """Have the next checkpoint raise; what was said first counts."""
        self._stop = self._stop or why

    def checkpoint(self, done: int, total: int, preview: bytes | None = None) -> None:
        """Be a painter's ProgressCallback; plain attributes do, as each is written by one thread only."""
        self.done, self.total, self.preview = done, total, preview
        if self._stop is not None:
            raise self._stop
