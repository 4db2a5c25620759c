"""The secret of the sandbox page, and the page's URL while it is open."""

from pathlib import Path

from outcrop.sandbox.page_url import clear_url, page_secret, published_url, running_url


def test_the_secret_is_kept_and_private(tmp_path: Path) -> None:
    secret = page_secret(tmp_path)
    assert len(secret) >= 32
    assert page_secret(tmp_path) == secret
    assert (tmp_path / "page-secret").stat().st_mode & 0o777 == 0o600


def test_a_damaged_secret_is_replaced(tmp_path: Path) -> None:
    (tmp_path / "page-secret").write_bytes(b"\xff short")
    assert len(page_secret(tmp_path)) >= 32


def test_the_url_is_known_only_while_the_page_is_open(tmp_path: Path) -> None:
    assert running_url(tmp_path) is None
    with published_url(tmp_path, "http://127.0.0.1:1/#x"):
        assert running_url(tmp_path) == "http://127.0.0.1:1/#x"
    assert running_url(tmp_path) is None
    clear_url(tmp_path)
