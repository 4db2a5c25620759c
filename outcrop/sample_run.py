"""Run the main job once on a sample picture, for people who have no token yet."""

import asyncio
import hashlib
import sys
from pathlib import Path

from bus.connection import Bus
from bus.events import Painted, Terminal
from bus.jobs import Job, new_job_id
from outcrop.child import child
from outcrop.results import write_new
from outcrop.sample import landscape
from outcrop.settings import Settings
from pictures.encode import encode_png
from pictures.geometry import Outcrop
from pictures.recipe import Recipe

INTRODUCTION = """\
No DISCORD_TOKEN is set (in the environment or in the file .env), so Discord is left alone.
Painting a sample picture through the same bus and engine instead:
"""

SIDES = Outcrop(top=128, right=64)
SEED = 42
LOOK_EVERY = 0.05
"""Seconds; the log of events is not followed, as that would leave a consumer behind."""

PATIENCE = 120.0
"""Seconds for the engine to start and paint; both take a few on a slow machine."""


async def run_sample(settings: Settings, url: str, folder: Path) -> int:
    """Paint the sample, say where it lies, and return the exit code."""
    _say(INTRODUCTION)
    source = encode_png(landscape())
    recipe = Recipe(sides=SIDES, seed=SEED, source_sha256=hashlib.sha256(source).hexdigest())
    job = Job(id=new_job_id(), profile="draft", recipe=recipe, variations=1)
    async with Bus.connect(url, name="sample", ack_wait=settings.ack_wait) as bus, child("engine"):
        await bus.objects.put(job.source, source)
        await bus.jobs.submit(job)
        try:
            async with asyncio.timeout(PATIENCE):
                ended = await _end_of(bus, job)
            if not isinstance(ended, Painted):
                _say(f"That did not work: {getattr(ended, 'reason', 'it was cancelled')}\n")
                return 1
            [result] = ended.results
            before = write_new(folder / "sample.png", source)
            after = write_new(folder / f"sample.{SEED}.outcrop.png", await bus.objects.get(result.object))
        except TimeoutError:
            _say(f"The engine did not answer within {PATIENCE:.0f} seconds; its log is above.\n")
            return 1
        finally:
            await bus.jobs.purge(job.id)
            await bus.objects.delete_job(job.id)
    _say(f"  {before}\n  {SIDES}, seed {SEED}: {result.size}\n  {after}\n")
    return 0


async def _end_of(bus: Bus, job: Job) -> Terminal:
    while True:
        if ended := await bus.events.terminal(job.id):
            return ended
        await asyncio.sleep(LOOK_EVERY)


def _say(text: str) -> None:
    sys.stdout.write(text)
    sys.stdout.flush()
