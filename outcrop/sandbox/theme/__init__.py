"""The sandbox page: simcord's, with our name, fewer tools, readable notices and automatic scrolling."""

from pathlib import Path

FILES = {f"/{name}": Path(__file__).with_name(name) for name in ("outcrop.css", "outcrop.js")}
"""Our own files, by their path in the page's URL."""

_REPLACEMENTS = (
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
    """Return simcord's page with our replacements; raises ValueError if a text to replace is missing."""
    for theirs, ours in _REPLACEMENTS:
        if theirs not in index:
            raise ValueError(f"simcord’s page no longer contains {theirs!r}")
        index = index.replace(theirs, ours, 1)
    return index
