import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bus.codec import EVENT, JOB, PRESENCE, PROGRESS, decode, encode
from bus.errors import Undecodable
from bus.events import Cancelled, Event, Failed, HandedBack, Painted, Result, SourceMissing, Started
from bus.jobs import Attempt, new_job_id
from bus.notices import Presence, Progress
from pictures.geometry import Size
from tests.bus.support import make_job

ATTEMPT = Attempt(sequence=41, delivery=2)
ID = new_job_id()
RECIPE = make_job().recipe


@pytest.mark.parametrize(
    "event",
    [
        Started(job=ID, attempt=ATTEMPT, engine="e"),
        HandedBack(job=ID, attempt=ATTEMPT, engine="e"),
        SourceMissing(job=ID, attempt=ATTEMPT, engine="e"),
        Painted(
            job=ID,
            attempt=ATTEMPT,
            engine="e",
            results=(
                Result(object=f"{ID}/41-2/0", sha256="a" * 64, size=Size(width=3, height=2), recipe=RECIPE),
            ),
            seconds=1.5,
        ),
        Failed(job=ID, reason="No."),
        Cancelled(job=ID),
    ],
    ids=lambda event: event.kind,
)
def test_an_event_is_decoded_as_it_was(event: Event) -> None:
    assert decode(encode(event), EVENT) == event


def test_a_job_is_decoded_as_it_was() -> None:
    job = make_job()
    assert decode(encode(job), JOB) == job


@given(preview=st.none() | st.binary())
def test_progress_is_decoded_with_its_preview(preview: bytes | None) -> None:
    progress = Progress(job=ID, attempt=ATTEMPT, done=1, total=9, preview=preview)
    assert decode(encode(progress), PROGRESS) == progress


def test_presence_is_decoded_as_it_was() -> None:
    presence = Presence(engine="e", name="host", device="cpu", profiles=("draft", "sd15"), job=ID)
    assert decode(encode(presence), PRESENCE) == presence


def test_the_envelope_has_version_and_kind() -> None:
    assert json.loads(encode(Cancelled(job=ID))) == {"v": 1, "kind": "cancelled", "job": ID}


def test_unknown_fields_are_ignored() -> None:
    data = json.dumps({"v": 1, "kind": "cancelled", "job": ID, "colour": "red"}).encode()
    assert decode(data, EVENT) == Cancelled(job=ID)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "not JSON"),
        (b"\xff\x00", "not JSON"),
        (b"[" * 100_000, "not JSON"),
        (b"[]", "not a JSON object"),
        (b"{}", "version None"),
        (b'{"v": 2, "kind": "cancelled"}', "version 2"),
        (b'{"v": 1, "kind": "exploded"}', "exploded"),
        (b'{"v": 1, "kind": "cancelled"}', "job"),
        (b'{"v": 1, "kind": "cancelled", "job": "../../x"}', "job"),
    ],
)
def test_an_undecodable_message_is_refused_with_a_reason(data: bytes, reason: str) -> None:
    with pytest.raises(Undecodable, match=reason):
        decode(data, EVENT)


def test_the_reason_contains_nothing_that_a_person_wrote() -> None:
    message = make_job().model_dump(mode="json") | {"v": 1, "variations": "my secret prompt"}
    with pytest.raises(Undecodable) as caught:
        decode(json.dumps(message).encode(), JOB)
    assert "secret" not in str(caught.value)
