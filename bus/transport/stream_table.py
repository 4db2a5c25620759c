"""The configuration of every stream, as nats-py takes it."""

from nats.js.api import DiscardPolicy, RetentionPolicy, StorageType, StreamConfig

from bus.streams import DEAD_LETTERS, EVENTS, GIB, JOBS, OBJECTS

DAY = 86_400.0
"""Seconds; max_age is given in them."""

STREAMS = (
    # Jobs to paint: one message a job, removed when it is acknowledged.
    StreamConfig(
        name=JOBS,
        subjects=["jobs.*.*"],
        retention=RetentionPolicy.WORK_QUEUE,
        storage=StorageType.FILE,
        max_msgs_per_subject=1,
        discard=DiscardPolicy.NEW,
        discard_new_per_subject=True,
        max_bytes=-1,
        max_age=0,
    ),
    # What happened to them: the first event on a subject wins.
    StreamConfig(
        name=EVENTS,
        subjects=["events.>"],
        retention=RetentionPolicy.LIMITS,
        storage=StorageType.FILE,
        max_msgs_per_subject=1,
        discard=DiscardPolicy.NEW,
        discard_new_per_subject=True,
        max_bytes=-1,
        max_age=30 * DAY,
    ),
    # Picture bytes in transit: the last message on a subject wins, and a full stream refuses new ones.
    StreamConfig(
        name=OBJECTS,
        subjects=["objects.>"],
        retention=RetentionPolicy.LIMITS,
        storage=StorageType.FILE,
        max_msgs_per_subject=1,
        discard=DiscardPolicy.NEW,
        discard_new_per_subject=False,
        max_bytes=4 * GIB,
        max_age=0,
        allow_direct=True,
    ),
    # Undecodable messages, with the reason in a header: a full stream drops the oldest.
    StreamConfig(
        name=DEAD_LETTERS,
        subjects=["aside.>"],
        retention=RetentionPolicy.LIMITS,
        storage=StorageType.FILE,
        max_msgs_per_subject=-1,
        discard=DiscardPolicy.OLD,
        discard_new_per_subject=False,
        max_bytes=GIB // 16,
        max_age=30 * DAY,
    ),
)


def probe_subject(stream: StreamConfig) -> str:
    """Return a subject of the stream that no message ever has."""
    prefix = (stream.subjects or [""])[0].split(".")[0]
    return f"{prefix}.probe.probe"
