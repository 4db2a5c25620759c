"""Read the bot's database from outside while the bot writes it."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any


class HistoryReader:
    """Reads rows; while the bot is stopped, it can also change them, for example to let time pass."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / "history.sqlite"

    def query(self, sql: str, *values: object) -> list[dict[str, Any]]:
        """Return the rows of a query; none before the bot's first start."""
        if not self._file.exists():
            return []
        with closing(sqlite3.connect(f"{self._file.as_uri()}?mode=ro", uri=True, timeout=5)) as connection:
            connection.row_factory = sqlite3.Row
            try:
                return [dict(row) for row in connection.execute(sql, values)]
            except sqlite3.OperationalError as error:
                if "no such table" in str(error):  # the bot has not migrated its new file yet
                    return []
                raise

    def query_one(self, sql: str, *values: object) -> dict[str, Any]:
        """Return the only row of a query; an empty one if there is none."""
        rows = self.query(sql, *values)
        assert len(rows) <= 1
        return rows[0] if rows else {}

    def job(self, job: str) -> dict[str, Any]:
        return self.query_one("SELECT * FROM jobs WHERE id = ?", job)

    def delivery(self, job: str) -> dict[str, Any]:
        return self.query_one("SELECT * FROM deliveries WHERE job_id = ?", job)

    def pictures(self, job: str) -> list[dict[str, Any]]:
        return self.query('SELECT * FROM pictures WHERE job_id = ? ORDER BY "index"', job)

    def job_ids(self) -> set[str]:
        return {row["id"] for row in self.query("SELECT id FROM jobs")}

    def update(self, statement: str, *values: object) -> None:
        """Change rows; only while the bot is stopped."""
        with closing(sqlite3.connect(self._file)) as connection, connection:
            connection.execute(statement, values)
