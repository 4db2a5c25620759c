"""Which windows see what, when."""

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from engine.imaging.canvas import place_on_canvas
from engine.models.profiles import PROFILES, Profile
from engine.planning.latent_grid import PaddedCanvas, pad_to_grid
from engine.planning.planner import Increment, Planner, dilate
from engine.planning.window_cover import KnownCells, cover
from pictures.geometry import Box, Outcrop, Size
from pictures.picture import Mask, Picture

WINDOW = 16
SD, SDXL = PROFILES["sd15-inpaint"], PROFILES["sdxl-inpaint"]


def planner(increment: int | None = 4, *, longest: int = WINDOW, context: int = WINDOW) -> Planner:
    return Planner(
        window=WINDOW,
        context=context,
        increment=increment,
        max_side=longest,
        cost=lambda size: size.pixels + size.pixels**2 / WINDOW**2,
    )


masks = arrays.arrays(
    np.bool_, st.tuples(st.integers(WINDOW, 50), st.integers(WINDOW, 50)), elements=st.booleans()
)


@st.composite
def blobs(draw: st.DrawFn) -> Mask:
    """Return masks with holes, frames and corners."""
    height, width = draw(st.integers(WINDOW, 70)), draw(st.integers(WINDOW, 70))
    mask = np.zeros((height, width), np.bool_)
    for _ in range(draw(st.integers(1, 4))):
        top, left = draw(st.integers(0, height - 1)), draw(st.integers(0, width - 1))
        mask[top : top + draw(st.integers(1, 40)), left : left + draw(st.integers(1, 40))] = True
    return mask


def assert_sound(known: Mask, wanted: Mask, increments: tuple[Increment, ...]) -> None:
    """Check that every wanted cell is painted once, in some window that lies inside."""
    left, now_known = wanted.copy(), known.copy()
    for increment in increments:
        assert not (increment.cells & ~left).any(), "a cell was painted twice, or unasked"
        seen = np.zeros_like(known)
        for window in increment.windows:
            assert window.clip(Box(left=0, top=0, width=known.shape[1], height=known.shape[0])) == window
            assert increment.cells[window.slices].any(), "a window paints nothing"
            seen[window.slices] = True
        assert not (increment.cells & ~seen).any(), "a cell is in no window"
        left &= ~increment.cells
        now_known |= increment.cells
    assert not left.any()


@given(mask=st.one_of(masks, blobs()), increment=st.sampled_from([None, 1, 4, 8]))
@settings(deadline=None, max_examples=60)
def test_every_wanted_cell_is_painted_once_in_some_window(mask: Mask, increment: int | None) -> None:
    plan = planner(increment)(~mask, mask)
    assert_sound(~mask, mask, plan)


@given(blobs())
@settings(deadline=None, max_examples=60)
def test_windows_include_a_quarter_known_where_increments_allow_it(mask: Mask) -> None:
    known_cells = KnownCells(known=~mask, padding=np.zeros_like(mask))
    for increment in planner(4)(~mask, mask):
        nearest = dilate(known_cells.known, 1) & mask & ~known_cells.known
        window = (Size(width=WINDOW, height=WINDOW),)
        possible = all(map(known_cells.has_enough_context, cover(nearest, known_cells, window)))
        assert not possible or all(map(known_cells.has_enough_context, increment.windows))
        known_cells.known[increment.cells] = True


@given(blobs())
@settings(deadline=None, max_examples=60)
def test_neighbours_overlap(mask: Mask) -> None:
    """A cell that is painted lies an eighth of a window away from the rim of one of its windows."""
    known_cells = KnownCells(known=~mask, padding=np.zeros_like(mask))
    windows = cover(mask, known_cells, (Size(width=WINDOW, height=WINDOW),))
    vouched = np.zeros_like(mask)
    for window in windows:
        margin = WINDOW // 8
        top = window.top + margin * (window.top > 0)
        left = window.left + margin * (window.left > 0)
        bottom = window.bottom - margin * (window.bottom < mask.shape[0])
        right = window.right - margin * (window.right < mask.shape[1])
        vouched[top:bottom, left:right] = True
    assert not (mask & ~vouched).any()


def padded_canvas(size: Size, sides: Outcrop, profile: Profile) -> PaddedCanvas:
    canvas = place_on_canvas(Picture(pixels=np.zeros((size.height, size.width, 3), np.uint8)), sides)
    return pad_to_grid(canvas, cell=profile.multiple, min_side=profile.window)


def planned(size: Size, sides: Outcrop, profile: Profile, *, context: int | None = None) -> list[list[Box]]:
    padded = padded_canvas(size, sides, profile)
    cells = profile.multiple
    increments = Planner(
        window=profile.window // cells,
        context=(context or profile.context) // cells,
        increment=profile.increment and profile.increment // cells,
        max_side=profile.max_side // cells,
        cost=profile.cost,
    )(~padded.unknown_cells(padded.unknown), padded.to_paint)
    assert_sound(~padded.unknown_cells(padded.unknown), padded.to_paint, increments)
    return [[window.scaled(cells) for window in each.windows] for each in increments]


def square(side: int) -> Size:
    return Size(width=side, height=side)


@pytest.mark.parametrize(
    ("size", "sides", "profile", "counts"),
    [
        (square(512), Outcrop(top=128), SD, [1]),
        (square(1024), Outcrop(top=128), SD, [3]),
        (square(2048), Outcrop(top=128, right=64), SD, [11]),
        (square(1024), Outcrop(top=128), SDXL, [1]),
        (square(256), Outcrop(top=64), SDXL, [1]),
        (Size(width=4000, height=100), Outcrop(top=64), SD, [11]),
        (square(512), Outcrop(top=200), SD, [1, 1]),
        (square(1), Outcrop(top=64, left=64), SD, [1]),
    ],
    ids=str,
)
def test_the_windows_follow_the_border(
    size: Size, sides: Outcrop, profile: Profile, counts: list[int]
) -> None:
    assert [len(windows) for windows in planned(size, sides, profile)] == counts


def test_the_remainder_comes_last() -> None:
    mask = np.zeros((40, 40), np.bool_)
    mask[:10] = True
    assert [int(each.cells.sum()) // 40 for each in planner(4)(~mask, mask)] == [4, 4, 2]


def test_all_sides_grow_together() -> None:
    mask = np.ones((44, 44), np.bool_)
    mask[8:36, 8:36] = False
    first, second = planner(4)(~mask, mask)
    assert not first.cells[4:40, 4:40][4:32, 4:32].any()
    assert first.cells[4:40, 4:40].sum() == 36**2 - 28**2
    assert second.cells.sum() == 44**2 - 36**2


def test_one_pass_where_it_is_cheaper_and_the_model_can() -> None:
    mask = np.zeros((24, WINDOW), np.bool_)
    mask[:4] = mask[-4:] = True
    cheap: Callable[[Size], float] = lambda size: size.pixels  # noqa: E731
    both = Planner(window=WINDOW, context=WINDOW, increment=4, max_side=24, cost=cheap)(~mask, mask)
    assert both[0].windows == (Box(left=0, top=0, width=WINDOW, height=24),)
    split = Planner(window=WINDOW, context=WINDOW, increment=4, max_side=WINDOW, cost=cheap)(~mask, mask)
    assert len(split[0].windows) == 2


def test_less_context_makes_windows_flat() -> None:
    (windows,) = planned(square(1024), Outcrop(top=128), SD, context=256)
    assert len(windows) == 3
    assert {window.width * window.height for window in windows} == {512 * 384}
