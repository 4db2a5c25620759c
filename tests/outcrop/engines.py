"""Engines as separate processes on a bus, and observers of what they do."""

import asyncio
import os
import signal
import sys
from asyncio.subprocess import DEVNULL, Process
from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Self

from bus.connection import Bus
from bus.events import Cancelled, Event, Failed, HandedBack, Painted, SourceMissing, Started
from bus.jobs import Attempt, Job, JobId, new_job_id
from bus.notices import Presence
from pictures.geometry import Outcrop
from pictures.recipe import Recipe

ROOT = Path(__file__).parents[2]

DEADLINE = 60.0
"""Seconds; far longer than anything here takes."""

ACK_WAIT = "1"
"""Seconds until the job of an engine that died goes to another."""


class Engine:
    """`outcrop engine`, given only the URL of the bus."""

    def __init__(self, process: Process, log: Path) -> None:
        self._process = process
        self._log = log

    @classmethod
    @asynccontextmanager
    async def started(cls, url: str, log: Path, **settings: str) -> AsyncIterator[Self]:
        """Start an engine, and kill it at exit if it is still running."""
        environment = {
            "PYTHONPATH": str(ROOT),
            "OUTCROP_BUS_URL": url,
            "OUTCROP_ACK_WAIT": ACK_WAIT,
            **settings,
        }
        with log.open("ab") as output:
            process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "outcrop", "engine"),
                stdin=DEVNULL,
                stdout=output,
                stderr=output,
                env=os.environ | {"OMP_NUM_THREADS": "1"} | environment,
                cwd=log.parent,
            )
        try:
            yield cls(process, log)
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()

    @property
    def output(self) -> str:
        """What it has printed and logged."""
        return self._log.read_text()

    @property
    def alive(self) -> bool:
        return self._process.returncode is None

    async def kill(self) -> None:
        self._process.send_signal(signal.SIGKILL)
        await self._process.wait()

    async def stop(self) -> int:
        """Send SIGTERM, as a service manager does, and return the exit status."""
        self._process.send_signal(signal.SIGTERM)
        return await asyncio.wait_for(self._process.wait(), DEADLINE)


class EventRecorder:
    """Records the events on a bus."""

    def __init__(self) -> None:
        self.attempts: Mapping[JobId, dict[Attempt, str]] = defaultdict(dict)
        """The engine of each attempt."""
        self.handed_back: set[JobId] = set()
        self.ends: Mapping[JobId, list[Event]] = defaultdict(list)
        self._changed = asyncio.Condition()

    async def record(self, bus: Bus) -> None:
        """Record every event until cancelled."""
        async for delivered in bus.events.follow("recorder"):
            match delivered.event:
                case Started() as event:
                    self.attempts[event.job][event.attempt] = event.engine
                case HandedBack() as event:
                    self.handed_back.add(event.job)
                case Painted() | Failed() | Cancelled() as event:
                    self.ends[event.job].append(event)
                case SourceMissing() as event:
                    raise AssertionError(f"the source of {event.job} is there")
            await delivered.ack()
            async with self._changed:
                self._changed.notify_all()

    async def until(self, condition: Callable[[], bool]) -> None:
        """Wait until the recorded events meet a condition."""
        async with asyncio.timeout(DEADLINE), self._changed:
            await self._changed.wait_for(condition)

    def unfinished(self, engine: str) -> Iterator[JobId]:
        """Yield the jobs whose latest attempt is an engine's, and that have not ended."""
        for job, attempts in self.attempts.items():
            if job not in self.ends and attempts[max(attempts)] == engine:
                yield job


class PresenceMonitor:
    """Follows which engines are online."""

    def __init__(self) -> None:
        self.present: dict[str, Presence] = {}
        self._presences: asyncio.Queue[Presence] = asyncio.Queue()

    async def listen(self, bus: Bus) -> None:
        """Subscribe to the engines' presence, and ask each for it."""
        await bus.notices.on_presence(self._presences.put_nowait)
        await bus.notices.ping_engines()

    async def arrival(self) -> str:
        """Return the id of the next engine that comes online."""
        async with asyncio.timeout(DEADLINE):
            while True:
                presence = await self._presences.get()
                if presence.engine not in self.present and not presence.leaving:
                    self.present[presence.engine] = presence
                    return presence.engine

    async def departure(self, engine: str) -> None:
        """Wait until an engine announces that it is leaving."""
        async with asyncio.timeout(DEADLINE):
            while True:
                presence = await self._presences.get()
                if presence.engine == engine and presence.leaving:
                    return


async def submit(bus: Bus, png: bytes, sha256: str, count: int, *, top: int) -> list[JobId]:
    """Submit jobs of one picture, with seeds from 0 up, and return their ids."""
    jobs = []
    for seed in range(count):
        recipe = Recipe(sides=Outcrop(top=top), seed=seed, source_sha256=sha256, painter="draft")
        job = Job(id=new_job_id(), profile="draft", recipe=recipe, variations=1)
        await bus.objects.put(job.source, png)
        await bus.jobs.submit(job)
        jobs.append(job.id)
    return jobs
