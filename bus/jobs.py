"""What to paint: the one message that an engine leases."""

import secrets
from typing import Annotated, Literal, NamedTuple

from pydantic import BaseModel, ConfigDict, Field

from pictures.recipe import Recipe

JobId = Annotated[str, Field(pattern=r"^[0-9a-f]{16}$")]
"""16 hexadecimal digits: fits a subject, a custom id and, with its part, a nonce of 25 characters."""

MOST_VARIATIONS = 4


def new_job_id() -> str:
    """Return an id that no other job has (64 random bits)."""
    return secrets.token_hex(8)


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
    variations: int = Field(ge=1, le=MOST_VARIATIONS)

    @property
    def source(self) -> str:
        """The name of the source picture's bytes in the object store."""
        return f"{self.id}/source"

    def result(self, attempt: Attempt, index: int) -> str:
        """Return the name of one result's PNG in the object store."""
        return f"{self.id}/{attempt}/{index}"
