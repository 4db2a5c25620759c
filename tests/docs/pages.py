"""The pages that people read, and what is quoted in them."""

import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]

README = ROOT / "README.md"

PAGES = (README, ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md")))

FENCE = re.compile(r"^```\w*\n(.*?)^```$", re.MULTILINE | re.DOTALL)

INLINE = re.compile(r"`([^`\n]+)`")


def page_name(page: Path) -> str:
    return str(page.relative_to(ROOT))


def text_of(page: Path) -> str:
    return page.read_text(encoding="utf-8")


def code_lines(page: Path) -> Iterator[str]:
    """Yield the lines of fenced code, continued lines joined, without comments."""
    for block in FENCE.findall(text_of(page)):
        for line in block.replace("\\\n", " ").splitlines():
            yield re.sub(r"\s+#\s.*", "", line).strip()


def inline_code(page: Path) -> Iterator[str]:
    """Yield what stands in single backticks."""
    yield from INLINE.findall(FENCE.sub("", text_of(page)))
