import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.history.models import Job, JobState
from bot.history.picture_store import PictureStore
from bot.outbound.result_message import compose_result, file_name
from bot.outbound.upload import UploadEncoder
from bot.texts.status import NO_ENGINE
from options.request import PaintRequest
from pictures.encode import encode_png
from pictures.geometry import Outcrop
from pictures.picture import Picture
from tests.bot.factories import make_job, make_picture, make_waiting_job
from tests.pictures.files import noise


async def a_painted_job(store: PictureStore, count: int = 1) -> Job:
    job = make_waiting_job(options=PaintRequest(sides=Outcrop(top=64), seed=7), source_name="My photo.jpeg")
    job.state = JobState.PAINTED
    files = [
        await store.put(encode_png(Picture(pixels=noise(93, 141, seed=index)))) for index in range(count)
    ]
    job.pictures = [make_picture(job, index, file) for index, file in enumerate(files)]
    return job


async def test_a_painted_job_is_answered_with_its_pictures_and_a_way_to_rerun(store: PictureStore) -> None:
    job = await a_painted_job(store, 3)
    [part] = await compose_result(job, UploadEncoder(store))
    assert [file.name for file in part.message.files] == [
        f"My_photo.{seed}.outcrop.png" for seed in (7, 8, 9)
    ]
    assert [file.data for file in part.message.files] == [
        await store.get(picture.sha256) for picture in job.pictures
    ]
    assert list(part.pictures) == [0, 1, 2]
    [button] = part.message.buttons
    assert button.custom_id == f"outcrop:rerun:{job.id}"


async def test_a_flagged_picture_is_sent_behind_a_spoiler(store: PictureStore) -> None:
    job = await a_painted_job(store, 2)
    second = job.pictures[1]
    second.recipe = second.recipe.model_copy(update={"settings": {"safety": "flagged"}})
    [part] = await compose_result(job, UploadEncoder(store))
    assert [file.name for file in part.message.files] == [
        "My_photo.7.outcrop.png",
        "SPOILER_My_photo.8.outcrop.png",
    ]


async def test_files_too_large_for_one_message_are_split(
    store: PictureStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = await a_painted_job(store, 3)
    monkeypatch.setattr("bot.outbound.upload.MAX_REQUEST_BYTES", 90_000)
    parts = await compose_result(job, UploadEncoder(store))
    assert [list(part.pictures) for part in parts] == [[0, 1], [2]]
    assert [len(part.message.files) for part in parts] == [2, 1]
    assert len({part.marker for part in parts}) == 2
    assert all(part.marker in part.message.text for part in parts)


async def test_files_over_the_limit_are_made_smaller_with_one_note(store: PictureStore) -> None:
    job = await a_painted_job(store, 2)
    job.filesize_limit = 25_000
    [part] = await compose_result(job, UploadEncoder(store))
    assert [file.name for file in part.message.files] == ["My_photo.7.outcrop.jpg", "My_photo.8.outcrop.jpg"]
    assert part.message.text.count("sent as JPEG of quality") == 1


async def test_a_picture_too_large_in_every_format_is_reported(store: PictureStore) -> None:
    job = await a_painted_job(store)
    job.filesize_limit = 100
    [part] = await compose_result(job, UploadEncoder(store))
    assert "too large for Discord in every format. It stays in `/history`." in part.message.text
    assert not part.message.files


async def test_a_picture_whose_file_is_lost_is_reported(store: PictureStore) -> None:
    job = await a_painted_job(store)
    await store.delete(job.pictures[0].sha256)
    [part] = await compose_result(job, UploadEncoder(store))
    assert "the file has been lost on our side, sorry. Please try again." in part.message.text


@pytest.mark.parametrize(
    ("fields", "text"),
    [
        ({"state": JobState.CANCELLED}, "Cancelled."),
        ({"state": JobState.FAILED, "reason": NO_ENGINE}, f"Couldn’t paint this: {NO_ENGINE}"),
    ],
)
async def test_a_job_without_pictures_says_why(
    store: PictureStore, fields: dict[str, Any], text: str
) -> None:
    [part] = await compose_result(make_job(**fields), UploadEncoder(store))
    assert part.message.text.startswith(text)
    assert part.marker in part.message.text
    assert not part.message.buttons


@given(st.text(max_size=300))
def test_a_file_name_is_valid_on_every_system(source_name: str) -> None:
    job = make_waiting_job(source_name=source_name)
    name = file_name(job, make_picture(job, 0, "a" * 64))
    assert re.fullmatch(r"[A-Za-z0-9_-]{1,60}\.\d+\.outcrop", name)


@pytest.mark.parametrize(
    ("source_name", "stem"),
    [("photo.tar.png", "photo_tar"), (".png", "picture"), ("夏.png", "picture"), ("a/b\\c d.png", "a_b_c_d")],
)
def test_a_file_name_keeps_what_it_can_of_the_source(source_name: str, stem: str) -> None:
    job = make_waiting_job(source_name=source_name, options=PaintRequest(sides=Outcrop(top=64), seed=7))
    assert file_name(job, make_picture(job, 0, "a" * 64)) == f"{stem}.7.outcrop"
