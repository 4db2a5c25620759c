"""What becomes of a request between its row and its place in the line."""

from collections.abc import AsyncIterator
from errno import ENOSPC
from pathlib import Path

import pytest

from bot.history.jobs import Jobs
from bot.history.models import JobState
from bot.history.picture_store import PictureStore
from bot.inbound.intake import Fetch, Intake
from bot.limits import BotLimits
from bot.wakeup import Wakeup
from pictures.decoder_process.client import Decoder, open_decoder
from pictures.limits import Limits as PictureLimits
from tests.bot.factories import make_job
from tests.pictures.files import RGB, noise, png

PHOTO = png(noise(93, 77), RGB)


@pytest.fixture
async def decoder() -> AsyncIterator[Decoder]:
    async with open_decoder(PictureLimits()) as decoder:
        yield decoder


def intake_with(jobs: Jobs, store: PictureStore, fetch: Fetch, decoder: Decoder) -> Intake:
    return Intake(
        jobs=jobs,
        store=store,
        fetch=fetch,
        limits=BotLimits(),
        decoder=decoder,
        painter="draft",
        on_ready=lambda: None,
        outbox_wakeup=Wakeup("refusals"),
    )


@pytest.mark.parametrize("shared", [False, True], ids=["its own", "another job's, too"])
async def test_a_cancel_while_the_picture_is_read_leaves_no_file_that_nobody_needs(
    shared: bool, jobs: Jobs, store: PictureStore, decoder: Decoder, tmp_path: Path
) -> None:
    cancelled, other = make_job(attachment_url="cancelled"), make_job(attachment_url="read in peace")

    async def fetch(url: str, *, limit: int) -> bytes:
        assert len(PHOTO) <= limit
        if url == cancelled.attachment_url:
            await jobs.request_cancel(cancelled.id)
        return PHOTO

    intake = intake_with(jobs, store, fetch, decoder)
    for job in (other, cancelled) if shared else (cancelled,):
        await intake.receive(job)
        await intake.prepare(job)
    assert (await jobs.states([cancelled.id]))[cancelled.id] is JobState.CANCELLED
    kept = [file for file in (tmp_path / "pictures").rglob("*") if file.is_file()]
    assert len(kept) == shared


async def test_a_job_that_ended_while_the_disk_was_full_is_not_read_again(
    jobs: Jobs, store: PictureStore, decoder: Decoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.inbound.intake.STORAGE_RETRY_INTERVAL", 0)
    job, fetched = make_job(attachment_url="there"), list[str]()

    async def fetch(url: str, *, limit: int) -> bytes:
        fetched.append(url)
        await jobs.request_cancel(job.id)
        raise OSError(ENOSPC, "No space left on device")

    intake = intake_with(jobs, store, fetch, decoder)
    await intake.receive(job)
    await intake.prepare(job)
    assert fetched == ["there"]
