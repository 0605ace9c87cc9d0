"""Plan pages come back as they went in, and the ones used last are kept."""

import zlib

import pytest

from hfdl_core.errors import PlanMismatch
from hfdl_core.models import RepoFile
from hfdl_core.queue.lately_used import LatelyUsed
from hfdl_core.queue.plan_pages import pack_files, unpack_files

SHA256 = "ab" * 32
SHA1 = "cd" * 20


def test_files_come_back_as_they_went_in() -> None:
    files = (
        RepoFile("data/train-00000.parquet", (1 << 44) - 1, SHA256),
        RepoFile("日本語/ü \\ \x01 \ud800.txt", 0, SHA1),
    )

    assert unpack_files(pack_files(files)) == files


def test_a_page_of_typical_files_is_small() -> None:
    files = tuple(
        RepoFile(f"data/part-{n:05d}/shard-{n:07d}.parquet", 1000 + n, f"{n:064x}")
        for n in range(256)
    )

    assert len(pack_files(files)) < 256 * 50


def test_the_pages_used_last_are_kept() -> None:
    cache: LatelyUsed[tuple[str, int], tuple[RepoFile, ...]] = LatelyUsed(32)
    page = (RepoFile("a", 1, SHA1),)
    for number in range(32):
        cache.keep(("e1", number), page)
    assert cache.get(("e1", 0)) == page

    cache.keep(("e1", 32), page)

    assert cache.get(("e1", 0)) == page
    assert cache.get(("e1", 1)) is None
    assert cache.get(("e2", 0)) is None


@pytest.mark.parametrize("blob", [b"", b"no zlib", zlib.compress(b"\xc1"), zlib.compress(b"\x01")])
def test_a_page_that_is_none_is_said_in_one_line(blob: bytes) -> None:
    with pytest.raises(PlanMismatch, match="cannot be read"):
        unpack_files(blob)
