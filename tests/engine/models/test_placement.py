"""Where a model lies, by the numbers of the machine."""

import pytest

from engine.models.placement import GIB, choose_placement, is_fast_enough
from engine.models.profiles import PROFILES

SD, SDXL, FLUX = (PROFILES[name] for name in ("sd15-inpaint", "sdxl-inpaint", "flux-fill"))


@pytest.mark.parametrize(("gigabytes", "batch_size"), [(4, 2), (8, 4), (12, 4), (24, 8), (80, 8)])
def test_more_memory_allows_larger_batches(gigabytes: int, batch_size: int) -> None:
    assert choose_placement(SD, "cuda", gigabytes * GIB).batch_size == batch_size


def test_a_model_that_does_not_fit_comes_part_by_part() -> None:
    assert choose_placement(SDXL, "cuda", 8 * GIB).offload
    assert not choose_placement(SDXL, "cuda", 12 * GIB).offload
    assert choose_placement(FLUX, "cuda", 24 * GIB).offload


def test_apples_gpu_shares_the_machines_memory_so_nothing_is_moved() -> None:
    assert not choose_placement(SDXL, "mps", 6 * GIB).offload


def test_a_cpu_takes_one_sample_in_its_own_memory_format() -> None:
    here = choose_placement(SDXL, "cpu", 0)
    assert (here.offload, here.channels_last, here.batch_size) == (False, False, 1)
    assert choose_placement(SDXL, "cuda", 24 * GIB).channels_last


@pytest.mark.parametrize("profile", PROFILES.values(), ids=lambda profile: profile.name)
def test_no_model_runs_well_without_a_gpu(profile: object) -> None:
    assert not is_fast_enough(profile, None)  # type: ignore[arg-type] # parametrize gives objects
