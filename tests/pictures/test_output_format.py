"""Results as the files that people want, each with its recipe."""

import numpy as np
import pytest
from PIL import Image

from pictures.decode import decode
from pictures.errors import PictureError
from pictures.geometry import Outcrop, Size
from pictures.limits import Limits
from pictures.output_format import FileFormat, OutputFormat
from pictures.picture import Picture
from pictures.recipe import ForeignRecipe, Recipe
from pictures.recipe.dialects.a1111 import read as read_a1111
from pictures.recipe.metadata import read_texts
from pictures.recipe.read import read_recipe
from tests.pictures.files import noise, wide

PARENT = ForeignRecipe(dialect="A1111", prompt="a lake", seed=3)
RECIPE = Recipe(
    sides=Outcrop(top=64, left=8),
    seed=7,
    prompt='a quiet lake — "Ölberg", 湖, <dusk> & dawn\nsecond line',
    negative="crowds",
    steps=20,
    guidance=6.5,
    source_sha256="0" * 64,
    canvas=Size(width=60, height=40),
    parent=PARENT,
)
OUTPUTS = [
    OutputFormat(format=form, quality=quality)
    for form in FileFormat
    for quality in (None, 60)
    if not (form is FileFormat.PNG and quality)
]


@pytest.mark.parametrize("output", OUTPUTS, ids=str)
def test_every_file_carries_the_whole_recipe_and_the_profile(output: OutputFormat) -> None:
    picture = Picture(pixels=noise(60, 40), icc=wide())
    data = output.encode(picture, RECIPE)
    assert read_recipe(data) == RECIPE
    assert decode(data, Limits()).picture.icc == wide()


@pytest.mark.parametrize("output", OUTPUTS, ids=str)
def test_other_programs_find_prompt_and_seed(output: OutputFormat) -> None:
    found = read_a1111(read_texts(output.encode(Picture(pixels=noise(60, 40)), RECIPE)))
    assert found is not None
    assert (found.prompt, found.negative, found.seed, found.steps) == (RECIPE.prompt, "crowds", 7, 20)


@pytest.mark.parametrize("output", OUTPUTS, ids=str)
@pytest.mark.parametrize("channels", [3, 4])
def test_what_is_called_lossless_keeps_every_sample(output: OutputFormat, channels: int) -> None:
    samples = noise(60, 40, channels)
    same = np.array_equal(decode(output.encode(Picture(pixels=samples)), Limits()).picture.pixels, samples)
    assert same == output.lossless


def test_less_quality_is_a_smaller_file() -> None:
    picture = Picture(pixels=np.asarray(Image.linear_gradient("L").convert("RGB")) ^ (noise(256, 256) & 15))
    for form in (FileFormat.WEBP, FileFormat.JPEG):
        sizes = [len(OutputFormat(format=form, quality=quality).encode(picture)) for quality in (20, 60, 95)]
        assert sizes == sorted(sizes)


@pytest.mark.parametrize(
    ("output", "words", "suffix"),
    [
        (OutputFormat(), "PNG", ".png"),
        (OutputFormat(format=FileFormat.WEBP), "lossless WebP", ".webp"),
        (OutputFormat(format=FileFormat.WEBP, quality=90), "WebP of quality 90", ".webp"),
        (OutputFormat(format=FileFormat.JPEG), "JPEG", ".jpg"),
    ],
)
def test_an_output_says_what_it_is(output: OutputFormat, words: str, suffix: str) -> None:
    assert (str(output.check()), output.suffix) == (words, suffix)


@pytest.mark.parametrize("quality", [0, 101])
def test_a_quality_beyond_its_range_is_refused(quality: int) -> None:
    with pytest.raises(PictureError, match="between 1 and 100"):
        OutputFormat(format=FileFormat.JPEG, quality=quality).check()


def test_a_png_of_some_quality_is_refused() -> None:
    with pytest.raises(PictureError, match="Leave it out, or use webp or jpeg"):
        OutputFormat(quality=90).check()


def test_what_was_not_said_is_no_output() -> None:
    assert OutputFormat.of(format=None, quality=None) is None
    assert OutputFormat.of(format=None, quality=90) == OutputFormat(quality=90)
    assert OutputFormat.of(format=FileFormat.WEBP, quality=None) == OutputFormat(format=FileFormat.WEBP)
