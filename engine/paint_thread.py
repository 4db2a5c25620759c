"""The thread that paints, so that the event loop stays free."""

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
    """Runs functions one after the other, always in the same thread: CUDA contexts are bound to threads.

    The thread is a daemon, so that an engine can stop without waiting for a forward pass to end.
    """

    def __init__(self) -> None:
        self._queue: queue.SimpleQueue[Callable[[], None]] = queue.SimpleQueue()
        threading.Thread(target=self._run, name="painting", daemon=True).start()

    async def __call__(self, work: Callable[[], T]) -> T:
        """Return what the function returns, or raise what it raises."""
        loop = asyncio.get_running_loop()
        outcome: asyncio.Future[T] = loop.create_future()

        def settle(set_outcome: Callable[[Any], None], value: Any) -> None:
            if not outcome.cancelled():
                set_outcome(value)

        def paint() -> None:
            try:
                result = work()
            except BaseException as error:  # noqa: BLE001 - raised again where it is awaited
                # The traceback's frames hold latents and models. Without this they would live as long as the
                # exception, and be freed in another thread.
                traceback.clear_frames(error.__traceback__)
                loop.call_soon_threadsafe(settle, outcome.set_exception, error)
            else:
                loop.call_soon_threadsafe(settle, outcome.set_result, result)

        self._queue.put(paint)
        return await outcome

    def submit_nowait(self, work: Callable[[], object]) -> None:
        """Run a function when the thread is free, without waiting for it; errors go to the log."""

        def cleanup() -> None:
            try:
                work()
            except Exception:
                log.exception("cleanup after a job failed")

        self._queue.put(cleanup)

    def _run(self) -> None:
        while True:
            self._queue.get()()


class PaintRun:
    """The state of one job that the painting thread and the event loop share."""

    def __init__(self) -> None:
        self.done = 0
        self.total = 0
        self.preview: bytes | None = None
        self.phase: str | None = None
        """What happens before painting begins, in words for people."""
        self._stop: EngineError | None = None

    def request_stop(self, reason: EngineError) -> None:
        """Make the next progress call raise; the first reason wins."""
        self._stop = self._stop or reason

    def on_progress(self, done: int, total: int, preview: bytes | None = None) -> None:
        """Take a painter's progress; no lock is needed, as each attribute is written by one thread only."""
        self.done, self.total, self.preview = done, total, preview
        if self._stop is not None:
            raise self._stop
