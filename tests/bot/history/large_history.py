"""A history of any size, with pictures and answered deliveries, written in bulk."""

import sqlite3
from contextlib import closing
from pathlib import Path

from bot.history.migration import upgrade

USERS = 10
"""Users besides HEAVY_USER."""

HEAVY_USER = 1
"""The user who has half of all jobs."""

_JOBS = """
    INSERT INTO jobs (id, user_id, channel_id, options, filesize_limit, state, created_at, source_name, notes,
                      source_sha256, dispatched_at, started_at, finished_at)
    WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i + 1 < :rows)
    SELECT printf('%016x', i), iif(i % 2, 1, 2 + i % :users), 10, '{"sides": {"top": 64}}', 10000000,
           iif(i % 20, 'painted', 'failed'), datetime('now', printf('-%d seconds', :rows + 86400 - i)),
           'photo.png', '[]', printf('%064x', i), datetime('now', printf('-%d seconds', :rows + 86400 - i)),
           datetime('now', printf('-%d seconds', :rows + 86400 - i)),
           datetime('now', printf('-%d seconds', :rows + 86390 - i))
    FROM n;
"""

_PICTURES = """
    INSERT INTO pictures (job_id, "index", sha256, width, height, recipe, message_id, channel_id)
    SELECT id, 0, printf('%064x', :rows + rowid), 64, 128,
           '{"sides": {"top": 64}, "seed": 1, "source_sha256": "' || source_sha256 || '"}', rowid, 10
    FROM jobs WHERE state = 'painted';
"""

_DELIVERIES = """
    INSERT INTO deliveries (job_id, state, due_at, tries, parts_sent)
    SELECT id, iif(rowid % 1000, 'sent', 'undeliverable'), finished_at, 0, 1 FROM jobs;
"""


def write_large_history(file: Path, rows: int) -> None:
    """Write a history with this many jobs, the last of which ended a day ago; every twentieth one failed."""
    upgrade(file)
    with closing(sqlite3.connect(file)) as history, history:
        for statement in (_JOBS, _PICTURES, _DELIVERIES):
            history.execute(statement, {"rows": rows, "users": USERS})
