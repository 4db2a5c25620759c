"""A fake Discord and a data folder: request pictures, and look at answers and rows."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bus.jobs import JobId
from tests.chaos.history_reader import HistoryReader
from tests.chaos.polling import TIMEOUT, wait_for, wait_until
from tests.chaos.process import OutcropProcess
from tests.fake_discord import Channel, FakeDiscord, Interaction, Message, User
from tests.pictures.files import RGB, noise, png

ROOT = Path(__file__).parents[2]

ACK_WAIT = 1.0
"""Seconds until the job of a dead engine goes to another one."""

SIDES = {"top", "right", "bottom", "left"}

SMALL_PICTURE = ("small.png", png(noise(40, 30), RGB))
"""Painted in a tenth of a second."""

SLOW_OPTIONS: dict[str, Any] = {
    "image": ("slow.png", png(noise(300, 200), RGB)),
    "top": 64,
    "right": 64,
    "variations": 2,
}
"""Options whose painting takes seconds, in four steps."""


@dataclass(frozen=True, kw_only=True)
class Request:
    """One use of /outcrop."""

    press: Interaction
    history: HistoryReader
    previous_jobs: set[JobId]

    async def job(self) -> JobId:
        """Return its job's id, as soon as there is a row."""
        [job] = await wait_for(lambda: self.history.job_ids() - self.previous_jobs)
        return job


class Deployment:
    """Everything that the kinds of deployments have in common: Discord, the data folder, the database."""

    def __init__(self, discord: FakeDiscord, folder: Path) -> None:
        self.discord = discord
        self.folder = folder
        self.history = HistoryReader(folder)

    @property
    def environment(self) -> dict[str, str]:
        """The environment variables of every process of the product."""
        site = self.discord.environment()
        return site | {
            "PYTHONPATH": os.pathsep.join([site["PYTHONPATH"], str(ROOT)]),
            "OUTCROP_DATA": str(self.folder),
            "OUTCROP_ACK_WAIT": str(ACK_WAIT),
            "OMP_NUM_THREADS": "1",
        }

    @property
    def alice(self) -> User:
        return self.discord.user("alice")

    @property
    def channel(self) -> Channel:
        return self.discord.channel()

    async def submit(
        self,
        person: User | None = None,
        *,
        channel: Channel | None = None,
        image: tuple[str, bytes] = SMALL_PICTURE,
        **options: object,
    ) -> Request:
        """Use /outcrop; without sides in the options, for 8 pixels at the top."""
        previous_jobs = self.history.job_ids()
        sides = {} if options.keys() & SIDES else {"top": 8, "exact": True}
        press = await self.discord.slash(
            person or self.alice, channel or self.channel, "outcrop", image=image, **sides, **options
        )
        return Request(press=press, history=self.history, previous_jobs=previous_jobs)

    async def submit_job(self, person: User | None = None, **options: Any) -> JobId:
        """Use /outcrop; return the id of its job."""
        return await (await self.submit(person, **options)).job()

    def answer_messages(self, job: JobId) -> list[Message]:
        """Return the messages, in all channels, that answer the job."""
        return [message for message in self.discord.messages if f"-# {job}" in message.content]

    async def answer(self, job: JobId, *, within: float = TIMEOUT) -> Message:
        """Wait until a job's answer is delivered; return its only message."""
        await wait_until(lambda: self.history.delivery(job).get("state") == "sent", within=within)
        [message] = self.answer_messages(job)
        return message

    def assert_no_secrets_logged(self, processes: Iterable[OutcropProcess], *secrets: str) -> None:
        """Fail if a log line of these processes contains a token or another secret."""
        secrets = (*secrets, *self.discord.secrets)
        for process in processes:
            lines = [
                line for line in process.output.splitlines() if any(secret in line for secret in secrets)
            ]
            assert not lines, process.name
