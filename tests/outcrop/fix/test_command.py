"""`outcrop fix` on real files."""

import json
import os
import pty
import signal
import subprocess
import sys
from argparse import ArgumentParser
from hashlib import sha256
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from outcrop.errors import UsageError
from outcrop.fix import command as fix
from outcrop.fix.arguments import parse_sides
from pictures.decode import decode
from pictures.encode import encode_jpeg, encode_png
from pictures.geometry import Outcrop
from pictures.limits import Limits
from pictures.picture import Picture
from pictures.recipe.read import read_own_recipe
from tests.samples import lake

PATIENCE = 60.0


@pytest.fixture(scope="module")
def png() -> bytes:
    return encode_png(Picture(pixels=lake().pixels[200:280, :96]))


@pytest.fixture
def photo(tmp_path: Path, png: bytes) -> Path:
    path = tmp_path / "photo.png"
    path.write_bytes(png)
    return path


def run(*words: str | Path) -> int:
    parser = ArgumentParser(prog="outcrop")
    fix.add_parser(parser.add_subparsers(required=True))
    arguments = parser.parse_args(["fix", *map(str, words)])
    return int(arguments.run(arguments))


def pixels(path: Path) -> np.ndarray:
    return decode(path.read_bytes(), Limits()).picture.pixels


def others(photo: Path) -> list[str]:
    return sorted(path.name for path in photo.parent.iterdir() if path != photo)


def test_the_bigger_picture_lies_beside_the_old_one(photo: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = photo.read_bytes()
    assert run(photo, "--outcrop", "top", "128", "right", "64", "-S", "42") == 0
    result = photo.with_name("photo.42.outcrop.png")
    assert others(photo) == [result.name]
    assert photo.read_bytes() == before
    assert pixels(result).shape == (208, 160, 3)
    assert np.array_equal(pixels(result)[128:, :96], pixels(photo))
    said = capsys.readouterr()
    assert said.out.startswith(f"{result}  160×208, top 128 right 64, seed 42, ")
    assert "Draft quality" in said.err


def test_the_result_carries_its_recipe(photo: Path) -> None:
    assert run(photo, "-c", "left", "64", "-S", "7", "--new_prompt", "a\tquiet  lake") == 0
    recipe = read_own_recipe(photo.with_name("photo.7.outcrop.png").read_bytes())
    assert recipe is not None
    assert (recipe.sides, recipe.seed, recipe.prompt) == (Outcrop(left=64), 7, "a quiet lake")
    assert (recipe.painter, recipe.source_sha256) == ("draft", sha256(photo.read_bytes()).hexdigest())


def test_the_prompt_that_a_picture_carries_is_kept_until_a_new_one_comes(photo: Path) -> None:
    assert run(photo, "-c", "left", "64", "-S", "1", "--new_prompt", "a lake") == 0
    first = photo.with_name("photo.1.outcrop.png")
    assert run(first, "-c", "top", "64", "-S", "2") == 0
    assert run(first, "-c", "top", "64", "-S", "3", "--new_prompt", "a sea") == 0
    prompts = {}
    for seed in (2, 3):
        recipe = read_own_recipe(photo.with_name(f"photo.{seed}.outcrop.png").read_bytes())
        assert recipe is not None
        prompts[seed] = recipe.prompt
    assert prompts == {2: "a lake", 3: "a sea"}


def test_sides_are_rounded_up_and_it_is_said(photo: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(photo, "-c", "top", "100", "left", "64", "-S", "1") == 0
    assert pixels(photo.with_name("photo.1.outcrop.png")).shape == (208, 160, 3)
    assert "top 100 → 128" in capsys.readouterr().err


def test_exact_sides_are_kept(photo: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(photo, "-c", "top", "3", "--exact", "-S", "1") == 0
    assert pixels(photo.with_name("photo.1.outcrop.png")).shape == (83, 96, 3)
    assert "→" not in capsys.readouterr().err


def test_variations_get_the_next_seeds(photo: Path) -> None:
    assert run(photo, "-c", "top", "64", "-S", "9", "-n", "2") == 0
    assert others(photo) == ["photo.10.outcrop.png", "photo.9.outcrop.png"]


@pytest.mark.parametrize("absent", [[], ["-S", "-1"], ["-S-7"]])
def test_without_a_seed_one_is_drawn(
    photo: Path, absent: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    for _ in range(2):
        assert run(photo, "-c", "top", "1", "--exact", "--json", *absent) == 0
    seeds = [json.loads(line)["seed"] for line in capsys.readouterr().out.splitlines()]
    assert len(set(seeds)) == 2
    assert all(0 <= seed < 2**32 for seed in seeds)


def test_json_is_one_object_a_result_and_nothing_else(
    photo: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(photo, "-c", "top", "64", "-S", "5", "-n", "2", "--json") == 0
    first, second = (json.loads(line) for line in capsys.readouterr().out.splitlines())
    assert 0 < first.pop("seconds") < PATIENCE
    assert first == {
        "path": str(photo.with_name("photo.5.outcrop.png")),
        "size": {"width": 96, "height": 144},
        "seed": 5,
        "sides": {"top": 64, "right": 0, "bottom": 0, "left": 0},
    }
    assert second["seed"] == 6


def test_no_file_is_ever_overwritten(photo: Path) -> None:
    for _ in range(3):
        assert run(photo, "-c", "top", "1", "--exact", "-S", "1") == 0
    assert others(photo) == [
        "photo.1.outcrop-01.png",
        "photo.1.outcrop-02.png",
        "photo.1.outcrop.png",
    ]


def test_the_result_goes_where_it_is_told(photo: Path, tmp_path: Path) -> None:
    grow = (photo, "-c", "top", "1", "--exact", "-S", "1")
    folder = tmp_path / "there"
    assert run(*grow, "-o", f"{folder}/") == 0
    assert run(*grow, "-o", folder) == 0
    assert run(*grow, "-o", folder / "mine.png", "-n", "2") == 0
    assert sorted(path.name for path in folder.iterdir()) == [
        "mine-01.png",
        "mine.png",
        "photo.1.outcrop-01.png",
        "photo.1.outcrop.png",
    ]


def test_a_lossless_webp_holds_the_original_and_is_painted_again(
    photo: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(photo, "-c", "top", "64", "-S", "7", "--format", "webp") == 0
    result = photo.with_name("photo.7.outcrop.webp")
    assert np.array_equal(pixels(result)[64:], pixels(photo))
    assert "change slightly" not in capsys.readouterr().err
    assert run("--again", result, photo) == 0
    assert np.array_equal(pixels(photo.with_name("photo.7.outcrop.png")), pixels(result))
    assert "Identical" not in capsys.readouterr().err


def test_a_jpeg_says_what_it_costs_and_carries_the_recipe(
    photo: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(photo, "-c", "top", "64", "-S", "7", "--quality", "60", "-o", photo.with_name("new.jpg")) == 0
    assert "JPEG of quality 60 is lossy: the original pixels change slightly too." in capsys.readouterr().err
    recipe = read_own_recipe(photo.with_name("new.jpg").read_bytes())
    assert recipe is not None
    assert (recipe.seed, recipe.sides) == (7, Outcrop(top=64))


def test_what_was_not_taken_over_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    frames = [Image.new("RGB", (20, 20), colour) for colour in ("red", "blue")]
    frames[0].save(tmp_path / "two.gif", save_all=True, append_images=frames[1:])
    assert run(tmp_path / "two.gif", "-c", "top", "1", "--exact") == 0
    assert "Only the first frame" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "sides"),
    [
        ("top 128 right 64", Outcrop(top=128, right=64)),
        ("left 1", Outcrop(left=1)),
        ("bottom 4 top 3 left 2 right 1", Outcrop(top=3, right=1, bottom=4, left=2)),
        ("top -5", Outcrop(top=-5)),
    ],
)
def test_sides_are_read_in_any_order(words: str, sides: Outcrop) -> None:
    assert parse_sides(words.split()) == sides


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        ("top 64 top 64", "You gave top twice"),
        ("up 64", "'up' is not a side"),
        ("top", "top needs a number"),
        ("top 64 right", "right needs a number"),
        ("top many", "top needs a number"),
        ("64 top", "'64' is not a side"),
    ],
)
def test_odd_words_are_refused(words: str, reason: str) -> None:
    with pytest.raises(UsageError, match=reason):
        parse_sides(words.split())


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        ("-c up 64", "not a side"),
        ("-c top 0", "at least one side"),
        ("-c top -64", "must be between 0 and 1,024"),
        ("-c top 1025", "must be between 0 and 1,024"),
        ("-c top 64 -n 5", "“variations” must be between 1 and 4"),
        ("-c top 64 -n 0", "“variations” must be between 1 and 4"),
        ("-c top 64 -S 4294967296", "“seed” must be between -1 and 4,294,967,295"),
        ("-c top 64 -s 0", "“steps” must be between 1 and 150 (you gave 0)."),
        ("-c top 64 -C 51", "“guidance” must be between 0 and 50 (you gave 51)."),
        ("-c top 64 -f 0", "“strength” must be between 0.01 and 1 (you gave 0)."),
        ("-c top 64 -A restart", "There is no scheduler “restart”. Choose one of ddim, "),
        ("-c top 64 --seam_blur 4", "The seam is repainted only with a size"),
        ("-c top 64 -o nowhere", "neither a folder nor a .png, .webp or .jpg file"),
        ("-c top 64 --format jpeg --quality 0", "“quality” must be between 1 and 100 (you gave 0)."),
        ("", "Name a picture and the sides"),
        ("--again x.png -S 7", "leave out sides, prompt and settings"),
        ("--again x.png -s 5", "leave out sides, prompt and settings"),
        ("--again x.png -c top 64", "leave out sides, prompt and settings"),
    ],
)
def test_a_wrong_command_is_one_sentence_and_code_2(
    photo: Path, words: str, reason: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(photo, *words.split()) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.count("\n") == 1
    assert reason in said.err
    assert others(photo) == []


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("missing.png", None, "missing.png: No such file"),
        ("words.png", b"only words", "can’t be opened as a picture"),
        ("empty.png", b"", "The file is empty"),
        ("half.jpg", encode_jpeg(lake(), 80)[:3000], "damaged or incomplete"),
    ],
)
def test_a_bad_picture_is_one_sentence_and_code_1(
    tmp_path: Path, name: str, content: bytes | None, reason: str, capsys: pytest.CaptureFixture[str]
) -> None:
    if content is not None:
        (tmp_path / name).write_bytes(content)
    assert run(tmp_path / name, "-c", "top", "64") == 1
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.count("\n") == 1
    assert reason in said.err
    assert others(tmp_path / name) == []


def test_the_limit_on_what_people_send_is_none_for_ones_own_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OUTCROP_MAX_FILE_MB", "1")
    photo = tmp_path / "photo.png"
    noise = np.random.default_rng(0).integers(0, 256, (640, 640, 3), np.uint8)
    photo.write_bytes(encode_png(Picture(pixels=noise)))
    assert run(photo, "-c", "top", "64", "-S", "1", "--infill", "solid") == 0
    assert run("--again", photo.with_name("photo.1.outcrop.png")) == 0


def test_too_large_a_result_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Image.new("1", (15000, 1000)).save(tmp_path / "wide.png")
    assert run(tmp_path / "wide.png", "-c", "top", "1024") == 1
    assert "The result would be too large: 15000×2024" in capsys.readouterr().err


def test_an_unknown_model_is_refused(photo: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(photo, "-c", "top", "64", "--model", "oil") == 1
    assert "no painter called 'oil'" in capsys.readouterr().err
    assert others(photo) == []


def test_a_folder_that_cannot_be_made_is_known_before_anything_is_painted(
    photo: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(photo, "-c", "top", "64", "-o", f"{photo}/") == 1
    said = capsys.readouterr().err
    assert f"Can’t create the folder {photo}: " in said
    assert "painting" not in said


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_cannot_be_written_to_is_known_before_anything_is_painted(
    photo: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "locked"
    folder.mkdir(mode=0o500)
    assert run(photo, "-c", "top", "64", "-o", folder) == 1
    said = capsys.readouterr().err
    assert f"The folder {folder} is not writable." in said
    assert "painting" not in said


def test_a_pipe_gets_plain_lines(photo: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(photo, "-c", "top", "64", "left", "64", "-n", "4") == 0
    lines = [line for line in capsys.readouterr().err.splitlines() if line.startswith("painting")]
    assert lines == [f"painting photo.png {quarter}" for quarter in ("25%", "50%", "75%", "100%")]


def test_a_terminal_gets_a_bar_and_a_pipe_beside_it_only_json(photo: Path) -> None:
    ours, theirs = pty.openpty()
    with subprocess.Popen(
        [sys.executable, "-m", "outcrop", "fix", photo, "-c", "top", "64", "--json"],
        stdout=subprocess.PIPE,
        stderr=theirs,
        env=os.environ | {"TERM": "xterm"},
    ) as process:
        os.close(theirs)
        out, _ = process.communicate(timeout=PATIENCE)
    shown = b""
    while chunk := _read_terminal(ours):
        shown += chunk
    os.close(ours)
    assert process.returncode == 0
    assert json.loads(out)["size"] == {"width": 96, "height": 144}
    assert b"100%" in shown
    assert "━".encode() in shown
    assert b'"path"' not in shown


def _read_terminal(terminal: int) -> bytes:
    try:
        return os.read(terminal, 65536)
    except OSError:  # Linux says so when the other end is closed
        return b""


def test_ctrl_c_leaves_no_file(photo: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-m", "outcrop", "fix", photo, "-c", "top", "512", "left", "512", "-n", "4"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stderr is not None
        while "25%" not in process.stderr.readline():
            assert process.poll() is None
        process.send_signal(signal.SIGINT)
        _, said = process.communicate(timeout=PATIENCE)
    assert process.returncode != 0
    assert "Traceback" not in said
    assert all(name.endswith(".outcrop.png") for name in others(photo))
    for name in others(photo):
        assert pixels(photo.with_name(name)).shape == (592, 608, 3)


def test_a_start_loads_neither_discord_nor_a_database_nor_a_bus() -> None:
    command = "import sys, outcrop.fix.command; print(*sorted(sys.modules))"
    loaded = subprocess.run([sys.executable, "-c", command], capture_output=True, text=True, check=True)
    assert not {"discord", "sqlalchemy", "nats", "torch"} & set(loaded.stdout.split())
