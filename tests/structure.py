"""Measure how the tree is built: `python -m tests.structure [ROOT]` prints a table."""

import io
import re
import sys
import tokenize
from itertools import pairwise
from pathlib import Path

import grimp

NOT_CODE = {
    tokenize.COMMENT,
    tokenize.DEDENT,
    tokenize.ENCODING,
    tokenize.ENDMARKER,
    tokenize.INDENT,
    tokenize.NEWLINE,
    tokenize.NL,
}


def packages(root: Path) -> list[str]:
    """Return the product's packages: its folders with modules, less those that do not ship."""
    return sorted({file.parent.name for file in root.glob("*/__init__.py")} - {"tests", "benchmarks", "docs"})


def comments_and_code(files: list[Path]) -> tuple[int, int]:
    """Count the comments that are meant for people, and the lines of code without docstrings."""
    comments = code = 0
    for file in files:
        tokens = list(tokenize.generate_tokens(io.StringIO(file.read_text(encoding="utf-8")).readline))
        comments += sum(
            token.type == tokenize.COMMENT and not re.match(r"#\s*(noqa|type): ", token.string)
            for token in tokens
        )
        lines: set[int] = set()
        for before, token in pairwise(tokens):
            docstring = token.type == tokenize.STRING and before.type in NOT_CODE
            if token.type not in NOT_CODE and not docstring:
                lines.update(range(token.start[0], token.end[0] + 1))
        code += len(lines)
    return comments, code


def row(graph: grimp.ImportGraph, root: Path, package: str) -> str:
    """Return one line of the table, about a package and everything in it."""
    files = sorted((root / package.replace(".", "/")).rglob("*.py"))
    comments, code = comments_and_code(files)
    modules = graph.find_descendants(package)
    rooms = graph.find_children(package)

    def room(module: str) -> str:
        return ".".join(module.split(".")[: package.count(".") + 2])

    imports = {
        (module, imported)
        for module in modules
        for imported in graph.find_modules_directly_imported_by(module)
        if imported in modules
    }
    arrows = {(room(a), room(b)) for a, b in imports if room(a) != room(b)}
    lines = sum(len(file.read_text(encoding="utf-8").splitlines()) for file in files)
    flat = max(
        len([file for file in folder.glob("*.py") if file.name != "__init__.py"])
        for folder in {file.parent for file in files}
    )
    figures = (len(rooms), len(arrows), len(files), len(imports), lines, flat, f"{100 * comments / code:.1f}")
    return f"{package:<18}" + "".join(f"{figure:>9}" for figure in figures)


def glossary_words(root: Path) -> int:
    """Count the rows of the glossary's tables, less their heads."""
    rows = re.findall(r"^\|.*\|$", (root / "docs" / "glossary.md").read_text(encoding="utf-8"), re.MULTILINE)
    rules = sum(bool(re.fullmatch(r"[|\s:-]+", line)) for line in rows)
    return len(rows) - 2 * rules


def main(root: Path) -> None:
    """Print the figures of the tree at a root."""
    sys.path.insert(0, str(root))
    names = packages(root)
    graph = grimp.build_graph(*names, cache_dir=None)
    print(
        "rooms: modules and folders directly in a package; arrows: imports between its rooms; "
        "flat: modules in its largest folder; comments: per 100 lines of code"
    )
    heads = ("rooms", "arrows", "modules", "imports", "lines", "flat", "comments")
    print(f"{'package':<18}" + "".join(f"{head:>9}" for head in heads))
    for package in sorted({*names, "engine.diffusion"}):
        print(row(graph, root, package))
    files = [file for name in names for file in (root / name).rglob("*.py")]
    comments, code = comments_and_code(files)
    lines = sum(len(file.read_text(encoding="utf-8").splitlines()) for file in files)
    print(f"all: {len(files)} modules, {lines} lines, {100 * comments / code:.1f} comments")
    print(f"docs/glossary.md: {glossary_words(root)} words")
    print(f"README.md: {len((root / 'README.md').read_text(encoding='utf-8').splitlines())} lines")


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else ".").resolve())
