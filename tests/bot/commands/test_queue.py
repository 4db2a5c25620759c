"""The text of /queue."""

from datetime import timedelta

import pytest

from bot.commands.queue import describe
from bot.history.fairness import QueuedJob
from bot.history.models import Job, now
from bot.queue.queue_status import QueueSnapshot
from bus.notices import Presence
from options.request import PaintRequest
from pictures.geometry import Outcrop

ME, YOU, THEM = 1, 2, 3

ATTIC = Presence(
    engine="e1", name="attic", device="NVIDIA H100", profiles=("sdxl-inpaint", "draft"), job="0" * 16
)
CELLAR = Presence(engine="e2", name="cellar_2", device="cpu", profiles=("draft",))


def waiting(person: int, place: int) -> QueuedJob:
    return QueuedJob(job=f"{place:016x}", user_id=person, created_at=now() + timedelta(seconds=place))


def dispatched(person: int, job: str, *, started: bool) -> Job:
    options = PaintRequest(sides=Outcrop(top=128, right=64))
    row = Job(id=job, user_id=person, channel_id=1, guild_id=1, options=options, filesize_limit=1)
    row.started_at = now() if started else None
    return row


def outlook(
    line: tuple[int, ...] = (),
    on_bus: tuple[Job, ...] = (),
    engines: tuple[Presence, ...] = (ATTIC, CELLAR),
    seconds: tuple[float, ...] = (),
    shares: dict[str, float] | None = None,
) -> QueueSnapshot:
    return QueueSnapshot(
        waiting=[waiting(person, place) for place, person in enumerate(line)],
        dispatched=on_bus,
        fractions=shares or {},
        engines=engines,
        durations=seconds,
    )


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ((), "**Queue**: empty."),
        ((ME,), "**Queue**: your job is #1."),
        ((YOU, ME, YOU, ME, THEM), "**Queue**: your 2 jobs start at #2; 3 jobs from 2 others."),
        ((YOU,), "**Queue**: none of your jobs; 1 job from 1 other."),
    ],
)
def test_it_says_where_one_stands(line: tuple[int, ...], said: str) -> None:
    assert describe(outlook(line), ME).splitlines()[0] == said


def test_progress_is_shown_and_only_ones_own_job_is_described() -> None:
    mine, yours = dispatched(ME, "a" * 16, started=True), dispatched(YOU, "b" * 16, started=True)
    ready = dispatched(YOU, "c" * 16, started=False)
    text = describe(outlook(on_bus=(mine, yours, ready), shares={"a" * 16: 0.5}), ME)
    assert "- yours, top 128 right 64 · ▰▰▰▰▰▰▱▱▱▱▱▱ 50%" in text
    assert "- someone else’s\n" in text
    assert "**About to start**: 1." in text


def test_engines_are_named_with_device_and_profiles() -> None:
    text = describe(outlook(), ME)
    assert "- attic · NVIDIA H100 · sdxl-inpaint, draft · painting" in text
    assert r"- cellar\_2 · cpu · draft · idle" in text


def test_without_an_engine_it_says_that_jobs_wait() -> None:
    text = describe(outlook((ME,), engines=(), seconds=(2.0,)), ME)
    assert "**Engines**: none online. Jobs stay queued and start as soon as one is." in text
    assert "in total" not in text


def test_the_estimate_shares_the_work_and_says_what_it_rests_on() -> None:
    line = (ME, YOU, THEM)
    text = describe(outlook(line, seconds=(30.0, 20.0, 90.0)), ME)
    assert text.endswith("About 60 s in total, at 30 s per job (the median of the last 3 jobs).")
    assert describe(outlook(line, seconds=()), ME).endswith("No estimate yet: no job has finished.")


def test_it_fits_a_message_however_many_there_are() -> None:
    engines = tuple(
        Presence(engine=str(number), name="_" * 500, device="*" * 500, profiles=("p" * 300,))
        for number in range(50)
    )
    jobs = tuple(dispatched(ME, f"{number:016x}", started=True) for number in range(50))
    text = describe(outlook((ME,) * 500, jobs, engines, (1.0,) * 20), ME)
    assert len(text) <= 2000
