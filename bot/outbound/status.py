"""Keep people informed: position and progress in the status messages, at a pace that Discord likes."""

import asyncio
import time
from collections.abc import Mapping
from dataclasses import dataclass

import structlog

from bot import texts
from bot.errors import DiscordError, RouteClosed, StorageFailed
from bot.history.jobs import Jobs
from bot.history.models import Job, JobState
from bot.outbound.messenger import Messenger, OutgoingMessage, has_editable_status
from bot.views.cancel import CancelButton
from bot.wakeup import Wakeup
from bus.engine_registry import EngineRegistry
from bus.jobs import JobId
from bus.notices import Progress

log = structlog.get_logger()

PACE = 3.0
"""Seconds between two edits of one status message; channels allow about five edits in five seconds."""

CALM = 0.25
"""Seconds between two looks at all unfinished jobs, lest the board takes from the work what it tells of."""


@dataclass(frozen=True, kw_only=True, slots=True)
class _Shown:
    text: str
    at: float


class StatusUpdater:
    """Edits status messages when what they say has changed; one at a time in each channel."""

    def __init__(self, *, jobs: Jobs, messenger: Messenger, roster: EngineRegistry, alarm: Wakeup) -> None:
        self._jobs = jobs
        self._messenger = messenger
        self._roster = roster
        self._alarm = alarm
        self._progress: dict[JobId, Progress] = {}
        self._shown: dict[JobId, _Shown] = {}
        self._busy: set[int] = set()

    def hear(self, progress: Progress) -> None:
        """Note how far an attempt has come; only the highest attempt counts."""
        known = self._progress.get(progress.job)
        if known is None or progress.attempt >= known.attempt:
            self._progress[progress.job] = progress

    def share(self, job: JobId) -> float | None:
        """Return how far a job has come, 0 to 1; None while its engine has said nothing of it."""
        heard = self._progress.get(job)
        return min(1.0, heard.done / heard.total) if heard and heard.total else None

    async def run(self) -> None:
        """Show for ever, whenever the alarm rings."""
        async with asyncio.TaskGroup() as tasks:
            while True:
                try:
                    for job, text in await self._out_of_date():
                        self._busy.add(job.channel_id)
                        tasks.create_task(self._show(job, text))
                except StorageFailed as failed:
                    log.warning("status waits for the disk", error=str(failed))
                await self._alarm.wait()

    async def _out_of_date(self) -> list[tuple[Job, str]]:
        """Return, for each idle channel, the job whose status has been out of date for longest."""
        unfinished = {job.id: job for job in await self._jobs.unfinished()}
        for memory in (self._shown, self._progress):
            for ended in memory.keys() - unfinished.keys():
                del memory[ended]
        stale: dict[int, tuple[Job, str]] = {}
        for job_id, text in (await self._texts(unfinished)).items():
            job = unfinished[job_id]
            if self._is_stale(job_id, text) and job.channel_id not in self._busy:
                other = stale.get(job.channel_id)
                if other is None or self._shown_at(job_id) < self._shown_at(other[0].id):
                    stale[job.channel_id] = (job, text)
        return list(stale.values())

    async def _show(self, job: Job, text: str) -> None:
        self._shown[job.id] = _Shown(text=text, at=time.monotonic())
        try:
            async with self._messenger.turn(job.id):
                current = await self._jobs.get(job.id)
                if current is not None and not current.terminal:
                    await self._post(current, OutgoingMessage(text=text, buttons=[CancelButton(job.id)]))
        except (DiscordError, StorageFailed) as closed:
            self._shown[job.id] = _Shown(text="", at=time.monotonic())  # tried again at the usual pace
            log.info("status not shown", job=job.id, error=str(closed))
        finally:
            self._busy.discard(job.channel_id)

    async def _post(self, job: Job, letter: OutgoingMessage) -> None:
        try:
            posted = await self._messenger.edit_by_token(job, letter)
        except RouteClosed:
            if has_editable_status(job):
                posted = await self._messenger.edit(job, letter)
            else:
                posted = await self._messenger.send(job, letter, nonce=f"{job.id}.s", notify=False)
        if posted.message_id != job.status_message_id:
            await self._jobs.note_status_message(job.id, posted.message_id)

    async def _texts(self, unfinished: Mapping[JobId, Job]) -> dict[JobId, str]:
        on_bus = sum(
            job.state is JobState.DISPATCHED and job.started_at is None for job in unfinished.values()
        )
        line = enumerate(await self._jobs.line(), start=on_bus + 1)
        positions = {waiting.job: place for place, waiting in line}
        said: dict[JobId, str] = {}
        for job in unfinished.values():
            painter = job.recipe.painter if job.recipe else ""
            engines = sum(self._roster.serving(painter).values())
            if job.state is JobState.RECEIVED:
                said[job.id] = texts.received(job)
            elif job.id in positions:
                said[job.id] = texts.waiting(job, position=positions[job.id], engines=engines)
            elif job.state is JobState.DISPATCHED:
                said[job.id] = texts.painting(job, self._progress.get(job.id), engines=engines)
        return said

    def _shown_at(self, job: JobId) -> float:
        return self._shown[job].at if job in self._shown else 0.0

    def _is_stale(self, job: JobId, text: str) -> bool:
        shown = self._shown.get(job)
        return shown is None or (shown.text != text and time.monotonic() - shown.at >= PACE)
