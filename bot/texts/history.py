"""What /history, /forget and the buttons on results say."""

from collections.abc import Sequence

from bot.texts.formatting import count_of

EMPTY = "Nothing here yet. Use `/outcrop` with a picture, and your results appear here."
BEING_DELIVERED = "being delivered"
NOT_DELIVERED = "not delivered"

FORGET_QUESTION = (
    "This permanently deletes all your results and the pictures you sent, and cancels your unfinished jobs. "
    "Messages in channels stay."
)

JOB_DELETED = "This job has been deleted."
NOT_YOUR_JOB = "Only the person who asked for this picture can cancel it."
ALREADY_CANCELLED = "It was already cancelled."
TOO_LATE_TO_CANCEL = "Too late to cancel: it has already ended."

RERUN, CANCEL, DELETE_EVERYTHING, NEWER, OLDER = "Rerun", "Cancel", "Delete everything", "Newer", "Older"
FETCH = "Fetch {result}"


def title(page: int, pages: int) -> str:
    """Return the first line of a page; pages count from 1."""
    return f"**Your results** · page {page} of {pages}"


def link(url: str) -> str:
    """Return a link to the message that shows a result."""
    return f"[show]({url})"


def line(date: str, area: str, size: str, seeds: Sequence[int], place: str) -> str:
    """Return the line of one result."""
    shown = ", ".join(f"`{seed}`" for seed in seeds)
    return f"{date} · {area} · {size} · {shown} · {place}"


def deleted(jobs: int, unfinished: int) -> str:
    """Return how many jobs were deleted, and how many must end before they can be."""
    answer = f"Deleted {count_of(jobs, 'job')} and {'its' if jobs == 1 else 'their'} pictures."
    if unfinished:
        answer += f" {count_of(unfinished, 'job')} will end in a moment; then use `/forget` again."
    return answer
