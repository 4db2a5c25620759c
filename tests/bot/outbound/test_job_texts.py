from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.history.models import Job, JobState, now
from bot.outbound import job_texts
from bot.texts.formatting import MAX_MESSAGE_LENGTH
from bot.texts.status import NO_ENGINE
from bus.jobs import Attempt
from bus.notices import Progress
from options.request import PaintRequest
from options.shift import Shift
from pictures.geometry import Outcrop, Size
from tests.bot.factories import make_job, make_picture, make_waiting_job

wild = st.text(max_size=60) | st.text(alphabet="*_~`|>#@<[]()- \\", max_size=60)
"""Characters that mean something to Discord, and any others."""


def prompted(prompt: str) -> Job:
    return make_waiting_job(options=PaintRequest(sides=Outcrop(top=64), prompt=prompt))


def painted(job: Job) -> str:
    job.state = JobState.PAINTED
    return job_texts.painted(
        job, [make_picture(job, index, "a" * 64) for index in range(4)], [], part=0, parts=1
    )


def fits(text: str, job: Job) -> bool:
    return len(f"<@{2**64 - 1}> {text}") <= MAX_MESSAGE_LENGTH and text.endswith(job_texts.marker(job, 0, 1))


@given(prompt=wild.map(lambda piece: piece * 40), notes=st.lists(wild.map(lambda piece: piece * 20)))
def test_a_result_fits_a_message_whatever_was_asked_for(prompt: str, notes: list[str]) -> None:
    job = prompted(prompt)
    job.notes = notes
    assert fits(painted(job), job)


def test_a_prompt_of_two_thousand_marks_fits_a_message() -> None:
    for mark in "*_~`|>#@<[]\\":
        job = prompted(mark * 2000)
        assert fits(painted(job), job)


@given(reason=wild.map(lambda piece: piece * 60))
def test_a_reason_fits_a_message(reason: str) -> None:
    job = make_job(state=JobState.FAILED, reason=reason)
    assert fits(job_texts.ended_without_picture(job), job)


@given(notes=st.lists(wild.map(lambda piece: piece * 20)))
def test_a_status_fits_a_message(notes: list[str]) -> None:
    job = make_job(notes=notes)
    for text in (
        job_texts.received(job),
        job_texts.waiting(job, position=1, engines=1),
        job_texts.painting(job, None, engines=1),
    ):
        assert len(text) <= MAX_MESSAGE_LENGTH


@pytest.mark.parametrize(
    ("prompt", "shown"),
    [
        ("a lake", "> a lake"),
        ("*loud* __and__ `odd`", r"> \*loud\* \_\_and\_\_ \`odd\`"),
        ("[here](https://example.org)", r"> \[here](https://example.org)"),
    ],
)
def test_a_prompt_has_no_formatting_of_its_own(prompt: str, shown: str) -> None:
    assert shown in painted(prompted(prompt))


def test_a_prompt_cannot_mention() -> None:
    text = painted(prompted("@everyone <@123456789012345678> @here"))
    assert "@everyone" not in text
    assert "<@123456789012345678>" not in text


def test_a_result_names_sides_sizes_and_every_seed() -> None:
    job = make_waiting_job(options=PaintRequest(sides=Outcrop(top=60), seed=7))
    assert painted(job).startswith("**top 64** · 93×77 → 93×141 · seeds `7`, `8`, `9`, `10`\n")
    assert "Rounded up to a multiple of 64: top 60 → 64." in painted(job)


def test_a_shift_names_the_unchanged_size() -> None:
    source = Size(width=93, height=141)
    job = make_waiting_job(options=PaintRequest(shift=Shift(side="top", pixels=64)).fitted(source))
    assert job.recipe is not None
    job.recipe = job.recipe.model_copy(update={"kept": job.options.kept(source)})
    assert painted(job).startswith("**top 64** · 93×141 → 93×141 · ")


def test_a_result_says_how_it_was_painted_and_that_the_original_was_changed() -> None:
    job = make_waiting_job()
    assert job.recipe is not None
    assert "steps" not in painted(job), "a draft has none"
    used = {"steps": 30, "guidance": 7.5, "scheduler": "euler-a", "strength": 1.0, "seam_size": 96}
    job.recipe = job.recipe.model_copy(update=used)
    assert "\n30 steps, guidance 7.5, euler-a\nA band of 96 px of the original was repainted" in painted(job)


def test_only_the_first_part_carries_the_notes() -> None:
    job = prompted("")
    job.notes = ["This was an animation; its first picture was taken."]
    first, second = (
        job_texts.painted(job, [make_picture(job, part, "a" * 64)], [], part=part, parts=2) for part in (0, 1)
    )
    assert job.notes[0] in first
    assert job.notes[0] not in second
    assert first.endswith(f"{job.id} · 1/2")
    assert second.endswith(f"{job.id} · 2/2")


def test_a_result_that_finished_before_its_cancellation_says_so() -> None:
    assert "It had already finished when you cancelled." in painted(
        make_waiting_job(cancel_requested_at=now())
    )


@pytest.mark.parametrize(
    ("fields", "engines", "text"),
    [
        ({}, 1, "Starting…"),
        ({}, 0, NO_ENGINE),
        ({"started_at": now()}, 0, NO_ENGINE),
        ({"started_at": now(), "cancel_requested_at": now()}, 1, "Cancelling…"),
    ],
)
def test_a_job_on_the_bus_says_its_status(fields: dict[str, Any], engines: int, text: str) -> None:
    assert job_texts.painting(make_waiting_job(**fields), None, engines=engines).endswith(text)


def test_a_status_says_that_a_model_is_loading() -> None:
    job = make_waiting_job(started_at=now())
    progress = Progress(job=job.id, attempt=Attempt(1, 1), done=0, total=0, doing="loading sdxl-inpaint")
    assert job_texts.painting(job, progress, engines=1).endswith("Loading sdxl-inpaint…")


@pytest.mark.parametrize(
    ("done", "total", "bar"),
    [(0, 4, "▱" * 12 + " 0%"), (1, 4, "▰" * 3 + "▱" * 9 + " 25%"), (9, 4, "▰" * 12 + " 100%")],
)
def test_progress_is_a_bar(done: int, total: int, bar: str) -> None:
    job = make_waiting_job(started_at=now() - timedelta(seconds=3))
    progress = Progress(job=job.id, attempt=Attempt(1, 1), done=done, total=total)
    assert job_texts.painting(job, progress, engines=1).endswith(f"Painting… {bar}")


def test_a_position_is_shown_only_while_an_engine_is_online() -> None:
    assert job_texts.waiting(make_waiting_job(), position=3, engines=1).endswith("Queued: **#3**.")
    assert job_texts.waiting(make_waiting_job(), position=3, engines=0).endswith(NO_ENGINE)


def test_a_link_leads_to_where_the_answer_was_posted() -> None:
    job = make_job()
    assert job_texts.message_link(job, job.channel_id, 5) == "https://discord.com/channels/20/10/5"
    assert job_texts.message_link(job, 77, 5) == "https://discord.com/channels/@me/77/5", (
        "the owner's own channel"
    )
    job.guild_id = None
    assert job_texts.message_link(job, job.channel_id, 5) == "https://discord.com/channels/@me/10/5"
