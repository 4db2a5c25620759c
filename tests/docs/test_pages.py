"""What the pages name exists: files, headings, commands, settings, benchmarks."""

import re
import shlex
from argparse import ArgumentParser
from pathlib import Path

import pytest

from benchmarks import __path__ as benchmarks_path
from outcrop.main import main
from outcrop.settings import Settings
from tests.docs.pages import PAGES, README, ROOT, code_lines, inline_code, page_name, text_of

LINK = re.compile(r"\]\(([^)\s]+)\)")

README_LINES = 100

SETTING = re.compile(r"\b(?:OUTCROP_[A-Z_]+|DISCORD_TOKEN)\b")

OTHER_VARIABLES = {"OUTCROP_BUS_TOKEN", "OUTCROP_PICTURES"}
"""Of docker/compose.yaml and of tests/docs/test_pictures.py."""

OUTCROP = re.compile(r"^(?:[A-Z_]+=\S* )*(?:\.venv/bin/)?outcrop (.*)$")


class ParsedError(Exception):
    """The command line was understood; nothing has run."""


def anchors(page: Path) -> set[str]:
    """Return the anchors that GitHub gives the headings of a page."""
    headings = re.findall(r"^#+ (.+)$", text_of(page), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def test_the_readme_is_short() -> None:
    assert len(text_of(README).splitlines()) <= README_LINES


@pytest.mark.parametrize("page", PAGES, ids=page_name)
def test_links_lead_somewhere(page: Path) -> None:
    for link in LINK.findall(text_of(page)):
        if link.startswith(("https://", "http://")):
            continue
        file, _, anchor = link.partition("#")
        target = (page.parent / file).resolve() if file else page
        assert target.exists(), link
        assert not anchor or anchor in anchors(target), link


@pytest.mark.parametrize("page", PAGES, ids=page_name)
def test_files_that_are_named_exist(page: Path) -> None:
    folders = {entry.name for entry in ROOT.iterdir() if entry.is_dir()} | {"outcrop-data"}
    for code in [*inline_code(page), *code_lines(page)]:
        for path in re.findall(r"(?<![\w/.~-])[a-z_]+(?:/[\w.-]+)+", code):
            top = path.split("/")[0]
            if top in folders - {"outcrop-data"}:
                assert (ROOT / path.rstrip(".")).exists(), path


@pytest.mark.parametrize("page", PAGES, ids=page_name)
def test_commands_are_understood(page: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    parse = ArgumentParser.parse_args

    def parse_only(parser: ArgumentParser, arguments: list[str]) -> None:
        parse(parser, arguments)
        raise ParsedError

    monkeypatch.setattr(ArgumentParser, "parse_args", parse_only)
    for code in [*inline_code(page), *code_lines(page)]:
        if (command := OUTCROP.match(code)) is None or "…" in code:
            continue
        with pytest.raises(ParsedError):
            main(shlex.split(command[1]))


@pytest.mark.parametrize("page", PAGES, ids=page_name)
def test_a_page_with_bare_commands_says_how_to_find_them(page: Path) -> None:
    if any(re.match(r"(?:[A-Z_]+=\S* )*outcrop ", line) for line in code_lines(page)):
        assert "source .venv/bin/activate" in text_of(page)


@pytest.mark.parametrize("page", PAGES, ids=page_name)
def test_settings_that_are_named_exist(page: Path) -> None:
    fields = Settings.model_fields
    settings = {str(field.validation_alias or f"OUTCROP_{name.upper()}") for name, field in fields.items()}
    named = {name for name in SETTING.findall(text_of(page)) if not name.endswith("_")}
    assert named - OTHER_VARIABLES <= settings


@pytest.mark.parametrize("page", PAGES, ids=page_name)
def test_benchmarks_that_are_named_exist(page: Path) -> None:
    for names in re.findall(r"python -m benchmarks[. ]([a-z_ ]+)", text_of(page)):
        for name in names.split():
            assert Path(benchmarks_path[0], f"{name}.py").exists(), name


def test_make_targets_that_are_named_exist() -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    for page in PAGES:
        named = {
            code.split()[1] for code in [*inline_code(page), *code_lines(page)] if code.startswith("make ")
        }
        assert named <= targets, page_name(page)
