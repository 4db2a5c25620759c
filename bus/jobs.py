"""What to paint: the one message that an engine leases."""

import secrets
import time
from typing import Annotated, Literal, NamedTuple

from pydantic import BaseModel, ConfigDict, Field

from pictures.recipe import Recipe
from pictures.recipe.settings import MAX_VARIATIONS

JobId = Annotated[str, Field(pattern=r"^[0-9a-f]{16}$")]
"""16 hexadecimal digits: short enough for Discord's nonce of 25 characters, with the part's number added."""

POISON_REASON = "This job crashed {crashes} engines and was given up. A smaller picture may work."
"""Why a job failed that crashed more engines than it may; the bot and the command line both say it."""

AD_HOC_PREFIX = "9e57"
"""What the id of an ad-hoc job begins with: one that `outcrop fix --jobs` submits, unknown to any bot.

A bot purges jobs that it has no row for, except those with this prefix that are younger than a day. Its
digits stand for "guest"; eight digits of Unix time follow, so that an id tells its age.
"""


def new_job_id() -> JobId:
    """Return a new random id of 64 bits, never one of an ad-hoc job."""
    while (job := secrets.token_hex(8)).startswith(AD_HOC_PREFIX):
        pass
    return job


def new_ad_hoc_id() -> JobId:
    """Return a new id for an ad-hoc job: the prefix, 32 bits of Unix time in seconds, 16 random bits."""
    return f"{AD_HOC_PREFIX}{int(time.time()):08x}{secrets.token_hex(2)}"


def ad_hoc_age(job: JobId) -> float | None:
    """Return how many seconds ago an ad-hoc job's id was made; None for any other job."""
    return time.time() - int(job[len(AD_HOC_PREFIX) :][:8], 16) if job.startswith(AD_HOC_PREFIX) else None


class Attempt(NamedTuple):
    """One delivery of a job to an engine; a later attempt is greater, also after the store was wiped."""

    sequence: int
    """The message's sequence number in the stream."""
    delivery: int
    """How many times that message has been delivered."""

    def __str__(self) -> str:
        return f"{self.sequence}-{self.delivery}"


class Job(BaseModel):
    """One job: paint a recipe, in one or more variations; its source picture is in the object store."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    kind: Literal["job"] = "job"
    id: JobId
    profile: str = Field(pattern=r"^[a-z0-9_-]{1,32}$")
    """Of the model that paints it; engines pull only jobs for the profiles that they have."""
    recipe: Recipe
    variations: int = Field(ge=1, le=MAX_VARIATIONS)

    @property
    def source(self) -> str:
        """The name of the source picture in the object store."""
        return f"{self.id}/source"

    def result(self, attempt: Attempt, index: int) -> str:
        """Return the name of a result's PNG in the object store."""
        return f"{self.id}/{attempt}/{index}"
