"""The rules of the tree that no linter knows."""

import ast
import builtins
import io
import re
import shutil
import subprocess
import sys
import tokenize
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent

PACKAGES = ("bot", "bus", "engine", "migrations", "options", "outcrop", "pictures")

PRODUCT = sorted(file for package in PACKAGES for file in (ROOT / package).rglob("*.py"))

TESTS = sorted((ROOT / "tests").rglob("*.py"))

TEXTS = sorted(
    file
    for file in (
        *(
            file
            for folder in ("benchmarks", "docker", "docs", "tests", *PACKAGES)
            for file in (ROOT / folder).rglob("*")
        ),
        *ROOT.glob("*.*"),
    )
    if file.suffix in {".css", ".js", ".md", ".py", ".svg", ".toml", ".yaml"}
)

MAX_LINES, MAX_TEST_LINES = 300, 400
"""Past this a file is split."""

MAX_MODULES = 20
"""Past this a folder is split: a reader can't keep more in mind."""

MAX_SUBJECT = 72
"""Git's own advice: `git log --oneline` in a terminal of 80 columns."""

VAGUE_NAMES = {"utils", "helpers", "common", "misc", "manager", "base", "core", "types"}
"""Names of modules that could hold anything."""

BUILTIN_ERRORS = {
    name
    for name, value in vars(builtins).items()
    if isinstance(value, type) and issubclass(value, BaseException)
}

SHARED_NAMES = {
    "Cancelled": "an event of the bus, and the error that stops a painter",
    "Job": "a row of the history, and a message of the bus",
}
"""Names that two classes may share, and what the two are."""

EXIT_CODES = {*range(64, 79), *range(128, 160)}
"""sysexits.h and 128 + signal."""

WRITTEN = {"STRING", "FSTRING_MIDDLE", "COMMENT"}
"""Tokens that people read; the second is new in Python 3.12."""

LAST_LONG_SUBJECT = "def66c8"
"""The last commit before subjects were limited."""

OLD_NAMES = {
    line
    for line in (ROOT / "tests" / "old_names.txt").read_text(encoding="utf-8").splitlines()
    if line[:1] not in "# "
}

WIRE_VALUE = "notices.roll_call"
"""Keeps its old name, because engines of other versions listen for it."""

OLD_MODULES = re.compile(
    r"(?<![\w./])("
    + "|".join("[./]".join(old.split(".")) for old in OLD_NAMES if "." in old)
    + r")(?![\w/]|\.(?!py\b)\w)"
)

OLD_WORDS = re.compile(
    "|".join(rf"\b{old}\b" for old in OLD_NAMES if re.search(r"[a-z0-9](_|[A-Z])", old) and "." not in old)
)

CROSS_MODULE_TESTS = re.compile(
    r"test_(bad_input|query_plans|versions|oracle|reference|joins|trained|gpu|isa)\.py"
)
"""Tests of several modules together, which mirror none."""


def name(file: Path) -> str:
    return str(file.relative_to(ROOT))


@cache
def tree(file: Path) -> ast.Module:
    return ast.parse(file.read_text(encoding="utf-8"))


def calls(file: Path, *names: str) -> Iterator[ast.Call]:
    for node in ast.walk(tree(file)):
        if isinstance(node, ast.Call):
            called = (
                node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", None)
            )
            if called in names:
                yield node


@cache
def classes(file: Path) -> list[ast.ClassDef]:
    return [node for node in ast.walk(tree(file)) if isinstance(node, ast.ClassDef)]


def bases(node: ast.ClassDef) -> set[str]:
    return {base.attr if isinstance(base, ast.Attribute) else getattr(base, "id", "") for base in node.bases}


def descendants(*roots: str) -> set[str]:
    """Return the names of the product's classes below these, and these."""
    found, before = set(roots), 0
    while len(found) > before:
        before = len(found)
        found |= {node.name for file in PRODUCT for node in classes(file) if found & bases(node)}
    return found


@pytest.mark.parametrize("module", ["engine.worker", "engine.painter_registry", "outcrop.main", "bot.app"])
def test_torch_is_not_loaded_before_a_model_is_needed(module: str) -> None:
    heavy = {"torch", "diffusers", "transformers", "imagecodecs"}
    code = f"import sys, {module}; print(*{heavy} & set(sys.modules))"
    result = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT, timeout=60
    )
    assert result.stdout.split() == []


def test_importing_the_bot_loads_no_painter() -> None:
    modules = [name(file).removesuffix(".py").replace("/", ".") for file in PRODUCT if "bot" in file.parts]
    program = f"import sys, {', '.join(modules)}; print(*sys.modules)"
    loaded = subprocess.run(
        [sys.executable, "-c", program], check=True, capture_output=True, text=True, cwd=ROOT, timeout=60
    ).stdout.split()
    assert "bot.app" in loaded
    assert not {"torch", "diffusers", "transformers", "patchmatch", "imagecodecs", "engine"} & set(loaded)


@pytest.mark.parametrize("file", PRODUCT, ids=name)
def test_a_module_opens_with_one_sentence(file: Path) -> None:
    if file.parent.name == "versions":
        return
    docstring = ast.get_docstring(tree(file))
    assert docstring, "no docstring"
    first = docstring.split("\n\n")[0]
    assert len(first.splitlines()) == 1, "more than one line"
    assert re.fullmatch(r"[^.!?]*(?:\.[^\s.!?]+[^.!?]*)*[.!?]", first), f"not one sentence: {first}"


@pytest.mark.parametrize("file", [*PRODUCT, *TESTS], ids=name)
def test_a_file_is_short(file: Path) -> None:
    limit = MAX_LINES if file in PRODUCT else MAX_TEST_LINES
    assert len(file.read_text(encoding="utf-8").splitlines()) <= limit


@pytest.mark.parametrize("file", [*PRODUCT, *TESTS], ids=name)
def test_a_module_name_is_specific(file: Path) -> None:
    assert file.stem.strip("_").removeprefix("test_") not in VAGUE_NAMES
    assert file.parent.name not in VAGUE_NAMES


@pytest.mark.parametrize("file", PRODUCT, ids=name)
def test_nothing_is_printed(file: Path) -> None:
    assert not [call.lineno for call in calls(file, "print") if isinstance(call.func, ast.Name)]


@pytest.mark.parametrize("file", [*PRODUCT, *TESTS], ids=name)
def test_a_silenced_rule_is_named(file: Path) -> None:
    silenced = re.findall(r"#\s*(?:noqa|type:\s*ignore)(?![:\[])", file.read_text(encoding="utf-8"))
    assert not silenced or file == Path(__file__)


@pytest.mark.parametrize("file", TESTS, ids=name)
def test_a_mock_has_a_spec(file: Path) -> None:
    for call in calls(file, "Mock", "MagicMock", "AsyncMock"):
        assert any(keyword.arg in ("spec", "spec_set") for keyword in call.keywords), f"line {call.lineno}"


@pytest.mark.parametrize(
    "file",
    [file for package in PACKAGES for file in (ROOT / "tests" / package).rglob("test_*.py")],
    ids=name,
)
def test_tests_mirror_modules(file: Path) -> None:
    if CROSS_MODULE_TESTS.fullmatch(file.name):
        return
    place = file.relative_to(ROOT / "tests").parent
    if place.name == "flows":
        return
    module = ROOT / place / file.name.removeprefix("test_")
    assert module.exists() or module.with_suffix("").is_dir(), f"{name(module)} does not exist"


def test_a_class_name_is_given_once() -> None:
    names = Counter(node.name for file in PRODUCT for node in classes(file))
    assert {name for name, count in names.items() if count > 1} == SHARED_NAMES.keys()


def test_exceptions_are_defined_in_errors_files() -> None:
    errors = descendants(*BUILTIN_ERRORS)
    misplaced = {
        f"{name(file)}: {node.name}"
        for file in PRODUCT
        for node in classes(file)
        if file.name != "errors.py" and errors & bases(node)
    }
    assert not misplaced


@pytest.mark.parametrize("folder", sorted({file.parent for file in PRODUCT}), ids=name)
def test_a_folder_holds_few_modules(folder: Path) -> None:
    assert len(list(folder.glob("*.py"))) <= MAX_MODULES


def test_a_user_facing_error_has_a_code_of_its_own() -> None:
    """A code stands where the sentence does: at the raise, or in the class that words itself."""
    errors = descendants("UserFacingError")
    worded = {
        node.name: (file, node)
        for file in PRODUCT
        for node in classes(file)
        if node.name in errors and any(getattr(member, "name", "") == "__init__" for member in node.body)
    }
    sentences: dict[str, set[str]] = {}
    for file in PRODUCT:
        for call in calls(file, *(errors - worded.keys() | {"UserFacingError"})):
            note_sentence(sentences, file, call)
    for file, node in worded.values():
        if node.name != "UserFacingError":
            [call] = (
                call
                for call in ast.walk(node)
                if isinstance(call, ast.Call) and "super()" in ast.unparse(call.func)
            )
            note_sentence(sentences, file, call)
    assert not {code: texts for code, texts in sentences.items() if len(texts) > 1}


def note_sentence(sentences: dict[str, set[str]], file: Path, call: ast.Call) -> None:
    """Add the sentence and code of one call, unless it passes on another error's."""
    match next((keyword.value for keyword in call.keywords if keyword.arg == "code"), None):
        case ast.Constant(value=str(code)):
            assert re.fullmatch(r"[a-z0-9]+(_[a-z0-9]+)*", code)
            sentences.setdefault(code, set()).add(ast.unparse(call.args[0]))
        case ast.Attribute(attr="code"):
            pass
        case _:
            pytest.fail(f"{name(file)}:{call.lineno} has no literal code")


def test_exit_codes_are_defined_once() -> None:
    """Codes above 1 have a name in outcrop/exit_codes.py."""
    for file in (file for file in PRODUCT if file.name != "exit_codes.py"):
        for node in ast.walk(tree(file)):
            match node:
                case (
                    ast.Call(
                        func=ast.Attribute(attr="exit" | "_exit") | ast.Name(id="SystemExit"),
                        args=[ast.Constant(value=int(code))],
                    )
                    | ast.Assign(targets=[ast.Name()], value=ast.Constant(value=int(code)))
                    | ast.Return(value=ast.Constant(value=int(code)))
                ) if file.is_relative_to(ROOT / "outcrop"):
                    assert code not in EXIT_CODES, f"{name(file)}:{node.lineno}"


@pytest.mark.parametrize(
    "file",
    [file for file in TEXTS if file.name != "CHANGELOG.md" and "migrations" not in file.parts],
    ids=name,
)
def test_an_old_name_is_gone(file: Path) -> None:
    """Also from comments and documents; a single word only as the name of a class."""
    text = file.read_text(encoding="utf-8").replace(WIRE_VALUE, "")
    found = set(OLD_WORDS.findall(text))
    if file.suffix == ".py":
        found |= OLD_NAMES.intersection(node.name for node in classes(file))
        text = "\n".join(
            token.string
            for token in tokenize.generate_tokens(io.StringIO(text).readline)
            if tokenize.tok_name[token.type] in WRITTEN
        )
    found.update(OLD_MODULES.findall(text))
    assert not found


def test_commit_subjects_are_short() -> None:
    git = shutil.which("git")
    if git is None or not (ROOT / ".git").exists():
        pytest.skip("there is no history here")
    log = subprocess.run(
        [git, "log", "--format=%s", f"{LAST_LONG_SUBJECT}..HEAD"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert not [subject for subject in log.stdout.splitlines() if len(subject) > MAX_SUBJECT]
