"""What to paint: the one message that an engine leases."""

import secrets
import time
from typing import Annotated, Literal, NamedTuple

from pydantic import BaseModel, ConfigDict, Field

from pictures.recipe import Recipe
from pictures.recipe.settings import MAX_VARIATIONS

JobId = Annotated[str, Field(pattern=r"^[0-9a-f]{16}$")]
"""16 hexadecimal digits: fits a subject, a custom id and, with its part, a nonce of 25 characters."""

POISON_REASON = "This job crashed {crashes} engines and was given up. A smaller picture may work."
"""Why a job failed that took down more engines than it may; the bot and the command line both say it."""

AD_HOC_PREFIX = "9e57"
"""How the id of a guest begins: a job that no bot keeps, but the command that submitted it."""


def new_job_id() -> JobId:
    """Return an id that no other job has (about 64 random bits)."""
    while (drawn := secrets.token_hex(8)).startswith(AD_HOC_PREFIX):
        pass
    return drawn


def new_ad_hoc_id() -> JobId:
    """Return the id of a new guest, which tells when it came: 32 bits of seconds, then 16 random ones."""
    return f"{AD_HOC_PREFIX}{int(time.time()):08x}{secrets.token_hex(2)}"


def ad_hoc_age(job: JobId) -> float | None:
    """Return for how many seconds a guest has been there; None for a job that is no guest."""
    return time.time() - int(job[len(AD_HOC_PREFIX) :][:8], 16) if job.startswith(AD_HOC_PREFIX) else None


class Attempt(NamedTuple):
    """One lease of a job, ordered in time as long as the stream of jobs lives."""

    sequence: int
    """The message's sequence in the stream."""
    delivery: int
    """How many times that message has been delivered."""

    def __str__(self) -> str:
        return f"{self.sequence}-{self.delivery}"


class Job(BaseModel):
    """One request, for ever known by its id; its source lies in the object store under `source`."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    kind: Literal["job"] = "job"
    id: JobId
    profile: str = Field(pattern=r"^[a-z0-9_-]{1,32}$")
    """The model family that is to paint; engines pull only the profiles they have."""
    recipe: Recipe
    variations: int = Field(ge=1, le=MAX_VARIATIONS)

    @property
    def source(self) -> str:
        """The name of the source picture's bytes in the object store."""
        return f"{self.id}/source"

    def result(self, attempt: Attempt, index: int) -> str:
        """Return the name of one result's PNG in the object store."""
        return f"{self.id}/{attempt}/{index}"
