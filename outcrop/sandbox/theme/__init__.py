"""How the sandbox's page differs from simcord's: its name, its tools, and that it follows the news."""

from pathlib import Path

HERE = Path(__file__).parent

FILES = {"/outcrop.css": HERE / "outcrop.css", "/outcrop.js": HERE / "outcrop.js"}
"""Our own files, by the path at which the page asks for them."""

_CHANGES = (
    ("<title>SimCord Preview</title>", "<title>Outcrop sandbox</title>"),
    (
        "<span><strong>SimCord</strong><small>Preview</small></span>",
        "<span><strong>Outcrop</strong><small>sandbox</small></span>",
    ),
    (
        '<span class="brand-mark" aria-hidden="true">S</span>',
        '<span class="brand-mark" aria-hidden="true">O</span>',
    ),
    (
        "</head>",
        '<link rel="stylesheet" href="/outcrop.css"><script type="module" src="/outcrop.js"></script></head>',
    ),
)


def apply_theme(index: str) -> str:
    """Return simcord's page with our changes; raises ValueError if it is not the page that we know."""
    for theirs, ours in _CHANGES:
        if theirs not in index:
            raise ValueError(f"simcord's page has no {theirs!r} any more")
        index = index.replace(theirs, ours, 1)
    return index
