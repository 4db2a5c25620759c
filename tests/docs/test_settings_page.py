"""The page of settings is what the class says."""

from docs.settings_page import SETTINGS_PAGE, env_name, settings_page
from outcrop.settings import Settings


def test_the_page_is_up_to_date() -> None:
    assert SETTINGS_PAGE.read_text(encoding="utf-8") == settings_page(), "run: python -m docs.settings_page"


def test_every_setting_is_on_it() -> None:
    page = settings_page()
    assert all(f"| `{env_name(name)}` |" in page for name in Settings.model_fields)
