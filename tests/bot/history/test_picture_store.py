import asyncio
import errno
import hashlib
import os
import stat
from pathlib import Path

import pytest

from bot.errors import PictureLost
from bot.history.picture_store import PictureStore


def files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


async def test_a_picture_is_stored_under_the_hash_of_its_bytes(store: PictureStore) -> None:
    name = await store.put(b"picture")
    assert name == hashlib.sha256(b"picture").hexdigest()
    assert await store.get(name) == b"picture"


async def test_the_same_bytes_are_stored_once(store: PictureStore, tmp_path: Path) -> None:
    assert await store.put(b"picture") == await store.put(b"picture")
    assert len(files(tmp_path)) == 1


async def test_the_same_bytes_can_be_stored_concurrently(store: PictureStore, tmp_path: Path) -> None:
    data = os.urandom(2**20)
    names = await asyncio.gather(*(store.put(data) for _ in range(16)))
    assert len(set(names)) == 1
    assert await store.get(names[0]) == data
    assert len(files(tmp_path)) == 1, "no temporary file is left"


async def test_getting_a_missing_picture_raises_picture_lost(store: PictureStore) -> None:
    with pytest.raises(PictureLost, match="is not in the store"):
        await store.get("a" * 64)


async def test_a_changed_file_is_detected_and_replaced_by_the_next_put(
    store: PictureStore, tmp_path: Path
) -> None:
    name = await store.put(b"picture")
    [path] = files(tmp_path)
    path.write_bytes(b"pictures")
    with pytest.raises(PictureLost, match="has changed on the disk"):
        await store.get(name)
    await store.put(b"picture")
    assert await store.get(name) == b"picture"


async def test_a_picture_can_be_deleted_twice(store: PictureStore) -> None:
    name = await store.put(b"picture")
    for _ in range(2):
        await store.delete(name)
    with pytest.raises(PictureLost):
        await store.get(name)


async def test_bytes_are_on_the_disk_before_their_name_and_their_name_before_put_returns(
    store: PictureStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced: list[tuple[str, int]] = []
    sync = os.fsync

    def recording_fsync(handle: int) -> None:
        kind = "folder" if stat.S_ISDIR(os.fstat(handle).st_mode) else "file"
        named = [path for path in files(tmp_path) if not path.name.startswith(".")]
        synced.append((kind, len(named)))
        sync(handle)

    monkeypatch.setattr(os, "fsync", recording_fsync)
    await store.put(b"picture")
    assert synced == [("file", 0), ("folder", 1), ("folder", 1)]


async def test_a_full_disk_leaves_nothing_behind(
    store: PictureStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_handle: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full)
        with pytest.raises(OSError, match="No space left"):
            await store.put(b"picture")
    assert files(tmp_path) == []
    await store.put(b"picture")


async def test_partial_files_of_a_killed_process_are_deleted(store: PictureStore, tmp_path: Path) -> None:
    name = await store.put(b"whole")
    [whole] = files(tmp_path)
    whole.with_name(".new-half").write_bytes(b"ha")
    await store.delete_partial_files()
    assert files(tmp_path) == [whole]
    assert await store.get(name) == b"whole"
