"""Jobs and their ids."""

import re
import secrets

import pytest

from bus.jobs import AD_HOC_PREFIX, ad_hoc_age, new_ad_hoc_id, new_job_id


def test_ids_are_sixteen_hexadecimal_digits_and_each_is_new() -> None:
    for make in (new_job_id, new_ad_hoc_id):
        made = {make() for _ in range(20)}
        assert len(made) == 20
        assert all(re.fullmatch("[0-9a-f]{16}", each) for each in made)


def test_the_id_of_an_ad_hoc_job_tells_its_age() -> None:
    age = ad_hoc_age(new_ad_hoc_id())
    assert age is not None
    assert 0 <= age < 60
    assert ad_hoc_age(new_job_id()) is None


def test_a_job_of_the_bot_never_has_the_ad_hoc_prefix(monkeypatch: pytest.MonkeyPatch) -> None:
    drawn = iter((f"{AD_HOC_PREFIX}000000000000", "0" * 16))
    monkeypatch.setattr(secrets, "token_hex", lambda _: next(drawn))
    assert new_job_id() == "0" * 16
