"""What the recipes that pictures carry do in Discord."""

from pictures.encode import encode_png
from pictures.picture import Picture
from pictures.recipe import ForeignRecipe, Recipe
from pictures.recipe.read import read_own_recipe
from tests.bot.harness import PHOTO, BotHarness, pixels
from tests.pictures.files import noise
from tests.pictures.recipe.test_write import WHOLE
from tests.pictures.recipe.texts import png_with

MENU = "Show recipe"

CAT = (
    "cat.png",
    png_with(
        parameters="a *cat*\non a mat\nNegative prompt: blurry\n"
        "Steps: 20, Sampler: Euler a, CFG scale: 7, Seed: 99, Model: dreams"
    ),
)


def recipe_in(file: bytes) -> Recipe:
    recipe = read_own_recipe(file)
    assert recipe is not None
    return recipe


async def test_a_picture_with_a_recipe_needs_no_prompt(harness: BotHarness) -> None:
    message = await harness.wait_for_result(await harness.request(image=CAT, top=64))
    assert "> a \\*cat\\* on a mat" in message.content
    assert "Prompt and settings from the picture (A1111)." in message.content
    recipe = recipe_in(harness.file(message))
    assert recipe.prompt == "a *cat* on a mat"
    assert isinstance(recipe.parent, ForeignRecipe)
    assert recipe.parent.seed == 99


async def test_a_given_prompt_replaces_the_inherited_one(harness: BotHarness) -> None:
    message = await harness.wait_for_result(await harness.request(image=CAT, top=64, prompt="a dog"))
    assert "> a dog" in message.content
    assert "\nSettings from the picture (A1111)." in message.content
    assert recipe_in(harness.file(message)).prompt == "a dog"


async def test_a_result_remembers_its_ancestors(harness: BotHarness) -> None:
    first = await harness.wait_for_result(await harness.request(image=CAT, top=64, seed=1))
    second = await harness.wait_for_painted_reply(await harness.mention("left 64 seed 2", reply_to=first))
    recipe = recipe_in(harness.file(second))
    assert isinstance(recipe.parent, Recipe)
    assert (recipe.seed, recipe.parent.seed) == (2, 1)
    assert isinstance(recipe.parent.parent, ForeignRecipe)


async def test_a_picture_without_a_recipe_says_nothing_of_one(harness: BotHarness) -> None:
    message = await harness.wait_for_result(await harness.request(top=64))
    assert "from the picture" not in message.content
    assert recipe_in(harness.file(message)).parent is None


async def test_the_menu_tells_what_another_program_wrote(harness: BotHarness) -> None:
    picture = await harness.bob.send(harness.channel, "look", attachments=[CAT])
    answer = await harness.alice.context_menu(harness.channel, MENU, picture)
    assert answer.ephemeral
    text = await harness.wait_for_answer(answer, "**seed** 99")
    assert text.splitlines() == [
        "**from** A1111",
        "**prompt** a \\*cat\\* on a mat",
        "**negative** blurry",
        "**seed** 99",
        "**model** dreams",
        "**steps** 20",
        "**guidance** 7",
        "**scheduler** euler-a",
    ]


async def test_the_menu_tells_how_a_result_was_painted(harness: BotHarness) -> None:
    message = await harness.wait_for_result(await harness.request(image=CAT, top=64, seed=5))
    answer = await harness.bob.context_menu(harness.channel, MENU, message)
    text = await harness.wait_for_answer(
        answer, "**from** Outcrop", "**seed** 5", "**sides** top 64", "**painter** draft"
    )
    assert "**source made by** A1111, seed 99" in text
    height, width, _ = pixels(harness.file(message)).shape
    assert f"**size** {width}×{height}" in text


async def test_the_longest_recipe_is_still_one_message(harness: BotHarness) -> None:
    long = WHOLE.model_copy(
        update={
            "prompt": "*" * 6000,
            "negative": "_" * 6000,
            "settings": {f"name{n}": "~" * 300 for n in range(20)},
        }
    )
    file = ("long.png", encode_png(Picture(pixels=noise(8, 8)), long))
    picture = await harness.bob.send(harness.channel, "look", attachments=[file])
    await harness.wait_for_answer(
        await harness.alice.context_menu(harness.channel, MENU, picture), "**from** Outcrop"
    )


async def test_a_picture_that_says_nothing_is_told(harness: BotHarness) -> None:
    picture = await harness.bob.send(harness.channel, "look", attachments=[PHOTO])
    answer = await harness.alice.context_menu(harness.channel, MENU, picture)
    assert answer.ephemeral
    await harness.wait_for_answer(answer, "This picture has no recipe.")


async def test_a_message_without_a_picture_is_answered(harness: BotHarness) -> None:
    words = await harness.bob.send(harness.channel, "no picture here")
    await harness.wait_for_answer(
        await harness.alice.context_menu(harness.channel, MENU, words), "I can’t see a picture"
    )
