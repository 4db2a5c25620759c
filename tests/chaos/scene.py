"""People of a fake Discord who ask for pictures, and what the bot's history says of them."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bus.jobs import JobId
from tests.chaos.parts import Part
from tests.chaos.rows import Rows
from tests.chaos.waiting import PATIENCE, found, until
from tests.fake_discord import Channel, FakeDiscord, Interaction, Message, User
from tests.pictures.files import RGB, noise, png

ROOT = Path(__file__).parents[2]

ACK_WAIT = 1.0
"""Seconds until the job of an engine that died goes to another."""

SIDES = {"top", "right", "bottom", "left"}

SMALL = ("small.png", png(noise(40, 30), RGB))
"""Painted in a tenth of a second."""

SLOW: dict[str, Any] = {
    "image": ("slow.png", png(noise(300, 200), RGB)),
    "top": 64,
    "right": 64,
    "variations": 2,
}
"""What to ask for that is painted in seconds, in four steps."""


@dataclass(frozen=True, kw_only=True)
class Request:
    """What somebody asked for."""

    press: Interaction
    rows: Rows
    before: set[JobId]
    """The jobs that there were already."""

    async def job(self) -> JobId:
        """Return its job's id, once there is a row."""
        [job] = await found(lambda: self.rows.ids() - self.before)
        return job


class Scene:
    """A Discord, and a data folder whose bot is there for it."""

    def __init__(self, discord: FakeDiscord, folder: Path) -> None:
        self.discord = discord
        self.folder = folder
        self.rows = Rows(folder)

    @property
    def environment(self) -> dict[str, str]:
        """What every process of the product needs."""
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

    async def ask(
        self,
        person: User | None = None,
        *,
        channel: Channel | None = None,
        image: tuple[str, bytes] = SMALL,
        **options: object,
    ) -> Request:
        """Use /outcrop, for a bit more on top if no side is said."""
        before = self.rows.ids()
        sides = {} if options.keys() & SIDES else {"top": 8, "exact": True}
        press = await self.discord.slash(
            person or self.alice, channel or self.channel, "outcrop", image=image, **sides, **options
        )
        return Request(press=press, rows=self.rows, before=before)

    def answers(self, job: JobId) -> list[Message]:
        """Return the messages, wherever they stand, that bring an answer to the job."""
        return [message for message in self.discord.messages if f"-# {job}" in message.content]

    async def answered(self, job: JobId, *, within: float = PATIENCE) -> Message:
        """Wait until a job's answer is delivered; return the only one."""
        await until(lambda: self.rows.delivery(job).get("state") == "sent", within=within)
        [answer] = self.answers(job)
        return answer

    def check_logs(self, parts: Iterable[Part], *secrets: str) -> None:
        """No line may hold what opens anything."""
        secrets = (*secrets, *self.discord.secrets)
        for part in parts:
            telling = [line for line in part.said.splitlines() if any(secret in line for secret in secrets)]
            assert not telling, part.name
