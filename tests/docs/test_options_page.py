"""The page of options is what the table says."""

import re

from docs.options_page import OPTIONS_PAGE, options_page
from options.table import OPTIONS


def test_the_page_is_up_to_date() -> None:
    assert OPTIONS_PAGE.read_text(encoding="utf-8") == options_page(), "run: make docs"


def test_the_page_has_every_row_of_the_table_and_no_other() -> None:
    rows = re.findall(r"^\| `(\w+)` \|", OPTIONS_PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    assert sorted(rows) == sorted(option.name for option in OPTIONS)
