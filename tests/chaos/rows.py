"""A look at the bot's history from outside, while it is being written."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any


class Rows:
    """Reads, and for what only time would bring about, writes while the bot is stopped."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / "history.sqlite"

    def all(self, query: str, *values: object) -> list[dict[str, Any]]:
        """Return what a query finds; nothing before the bot's first start."""
        if not self._file.exists():
            return []
        with closing(sqlite3.connect(f"{self._file.as_uri()}?mode=ro", uri=True, timeout=5)) as connection:
            connection.row_factory = sqlite3.Row
            try:
                return [dict(row) for row in connection.execute(query, values)]
            except sqlite3.OperationalError as error:
                if "no such table" in str(error):
                    return []
                raise

    def one(self, query: str, *values: object) -> dict[str, Any]:
        """Return the only row that a query finds; empty if there is none."""
        found = self.all(query, *values)
        assert len(found) <= 1
        return found[0] if found else {}

    def job(self, job: str) -> dict[str, Any]:
        return self.one("SELECT * FROM jobs WHERE id = ?", job)

    def delivery(self, job: str) -> dict[str, Any]:
        return self.one("SELECT * FROM deliveries WHERE job_id = ?", job)

    def pictures(self, job: str) -> list[dict[str, Any]]:
        return self.all('SELECT * FROM pictures WHERE job_id = ? ORDER BY "index"', job)

    def ids(self) -> set[str]:
        """Return the ids of all jobs."""
        return {row["id"] for row in self.all("SELECT id FROM jobs")}

    def change(self, statement: str, *values: object) -> None:
        """Write while the bot is stopped, as if time had passed."""
        with closing(sqlite3.connect(self._file)) as connection, connection:
            connection.execute(statement, values)
