"""Keep the status messages of unfinished jobs up to date, within Discord's rate limits."""

import asyncio
import time
from collections.abc import Mapping
from dataclasses import dataclass

import structlog

from bot.errors import DiscordError, RouteClosed, StorageFailed
from bot.history.jobs import Jobs
from bot.history.models import Job, JobState
from bot.outbound import job_texts
from bot.outbound.buttons import cancel_button
from bot.outbound.messenger import Messenger, OutgoingMessage, has_editable_status
from bot.wakeup import Wakeup
from bus.engine_registry import EngineRegistry
from bus.jobs import JobId
from bus.notices import Progress

log = structlog.get_logger()

EDIT_INTERVAL = 3.0
"""Seconds between two edits of a status message; a channel takes about five edits in five seconds."""

REFRESH_MIN_INTERVAL = 0.25
"""Seconds between two passes: each reads all unfinished jobs, and every progress notice asks for one."""


@dataclass(frozen=True, kw_only=True, slots=True)
class _PostedStatus:
    text: str
    at: float
    """time.monotonic() of the edit."""


class StatusUpdater:
    """Edits status messages whose text has changed, one at a time in each channel."""

    def __init__(self, *, jobs: Jobs, messenger: Messenger, registry: EngineRegistry, wakeup: Wakeup) -> None:
        self._jobs = jobs
        self._messenger = messenger
        self._registry = registry
        self._wakeup = wakeup
        self._progress: dict[JobId, Progress] = {}
        self._posted: dict[JobId, _PostedStatus] = {}
        self._busy_channels: set[int] = set()

    def on_progress(self, progress: Progress) -> None:
        """Record the progress of a job, unless a later attempt at it has reported already."""
        latest = self._progress.get(progress.job)
        if latest is None or progress.attempt >= latest.attempt:
            self._progress[progress.job] = progress

    def fraction(self, job: JobId) -> float | None:
        """Return how much of a job is painted, 0 to 1; None until its engine reports."""
        progress = self._progress.get(job)
        return min(1.0, progress.done / progress.total) if progress and progress.total else None

    async def run(self) -> None:
        """Run the status loop."""
        async with asyncio.TaskGroup() as tasks:
            while True:
                try:
                    for job, text in await self._outdated():
                        self._busy_channels.add(job.channel_id)
                        tasks.create_task(self._update(job, text))
                except StorageFailed as failed:
                    log.warning("cannot read the jobs for their status, retrying", error=str(failed))
                await self._wakeup.wait()

    async def _outdated(self) -> list[tuple[Job, str]]:
        """Return, for each idle channel, the job whose status was edited longest ago, and its new text."""
        unfinished = {job.id: job for job in await self._jobs.unfinished()}
        for by_job in (self._posted, self._progress):
            for ended in by_job.keys() - unfinished.keys():
                del by_job[ended]
        outdated: dict[int, tuple[Job, str]] = {}
        for job_id, text in (await self._texts(unfinished)).items():
            job = unfinished[job_id]
            if self._is_outdated(job_id, text) and job.channel_id not in self._busy_channels:
                other = outdated.get(job.channel_id)
                if other is None or self._posted_at(job_id) < self._posted_at(other[0].id):
                    outdated[job.channel_id] = (job, text)
        return list(outdated.values())

    async def _update(self, job: Job, text: str) -> None:
        self._posted[job.id] = _PostedStatus(text=text, at=time.monotonic())
        try:
            async with self._messenger.job_lock(job.id):
                # Read again: the job may have ended while this waited, and the answer must stay.
                current = await self._jobs.get(job.id)
                if current is not None and not current.terminal:
                    await self._post(current, OutgoingMessage(text=text, buttons=[cancel_button(job.id)]))
        except (DiscordError, StorageFailed) as failed:
            # Without a text it counts as outdated, and is tried again after EDIT_INTERVAL.
            self._posted[job.id] = _PostedStatus(text="", at=time.monotonic())
            log.info("status not updated, retrying", job=job.id, error=str(failed))
        finally:
            self._busy_channels.discard(job.channel_id)

    async def _post(self, job: Job, message: OutgoingMessage) -> None:
        try:
            posted = await self._messenger.edit_by_token(job, message)
        except RouteClosed:
            if has_editable_status(job):
                posted = await self._messenger.edit(job, message)
            else:
                posted = await self._messenger.send(job, message, nonce=f"{job.id}.s", notify=False)
        if posted.message_id != job.status_message_id:
            await self._jobs.set_status_message(job.id, posted.message_id)

    async def _texts(self, unfinished: Mapping[JobId, Job]) -> dict[JobId, str]:
        """Return the status text of each unfinished job."""
        # A dispatched job that no engine has started is ahead of all waiting ones.
        on_bus = sum(
            job.state is JobState.DISPATCHED and job.started_at is None for job in unfinished.values()
        )
        queue = enumerate(await self._jobs.fair_queue(), start=on_bus + 1)
        positions = {queued.job: position for position, queued in queue}
        status: dict[JobId, str] = {}
        for job in unfinished.values():
            painter = job.recipe.painter if job.recipe else ""
            engines = sum(self._registry.capacity_for(painter).values())
            if job.state is JobState.RECEIVED:
                status[job.id] = job_texts.received(job)
            elif job.id in positions:
                status[job.id] = job_texts.waiting(job, position=positions[job.id], engines=engines)
            elif job.state is JobState.DISPATCHED:
                status[job.id] = job_texts.painting(job, self._progress.get(job.id), engines=engines)
        return status

    def _posted_at(self, job: JobId) -> float:
        return self._posted[job].at if job in self._posted else 0.0

    def _is_outdated(self, job: JobId, text: str) -> bool:
        posted = self._posted.get(job)
        return posted is None or (posted.text != text and time.monotonic() - posted.at >= EDIT_INTERVAL)
