"""A manifest is sorted on disk, and refused when no directory tree can hold it."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hfdl_core.errors import DiskFull, ListingBroken
from hfdl_core.models import RepoFile
from hfdl_core.planning import ManifestSorter

SHA1 = "0123456789" * 4
SHA256 = "ab" * 32


def sorted_by_us(files: list[RepoFile]) -> list[RepoFile]:
    with ManifestSorter() as sorter:
        for file in files:
            sorter.add(file)
        return list(sorter.sorted())


def test_largest_come_first_and_equals_by_path() -> None:
    files = [
        RepoFile("b", 5, SHA1),
        RepoFile("empty", 0, SHA1),
        RepoFile("a/deep", 5, SHA256),
        RepoFile("huge", 1 << 43, SHA256),
    ]

    result = sorted_by_us(files)

    assert [file.path for file in result] == ["huge", "a/deep", "b", "empty"]
    assert sorted(result) == sorted(files)


@given(
    st.lists(
        st.tuples(
            st.text("aé日😀-. ", min_size=1).filter(lambda name: name not in {".", ".."}),
            st.integers(0, 3),
        ),
        unique_by=lambda entry: entry[0],
    )
)
def test_order_is_that_of_python(entries: list[tuple[str, int]]) -> None:
    files = [RepoFile(f"d/{path}", size, SHA1) for path, size in entries]

    result = sorted_by_us(files)

    assert result == sorted(files, key=lambda file: (-file.size, file.path))


def test_sorted_manifest_can_be_read_again_and_at_the_same_time() -> None:
    with ManifestSorter() as sorter:
        for number in range(2500):
            sorter.add(RepoFile(f"f{number:04d}", number % 7, SHA1))
        first, second = sorter.sorted(), sorter.sorted()
        pairs = list(zip(first, second, strict=True))
        third = list(sorter.sorted())

    assert [left for left, _ in pairs] == [right for _, right in pairs] == third
    assert len(third) == 2500


def test_totals_are_known_while_files_come() -> None:
    with ManifestSorter() as sorter:
        sorter.add(RepoFile("a", 3, SHA1))
        sorter.add(RepoFile("b", 4, SHA1))

        assert (sorter.files_total, sorter.bytes_total) == (2, 7)


def test_no_file_is_a_manifest_too() -> None:
    assert sorted_by_us([]) == []


def test_same_path_twice_is_refused_and_named() -> None:
    with pytest.raises(ListingBroken, match="'data/x' twice"):
        sorted_by_us(
            [RepoFile("data/x", 1, SHA1), RepoFile("y", 1, SHA1), RepoFile("data/x", 2, SHA1)]
        )


@pytest.mark.parametrize("between", ["a-b", "a.txt", "a!", "ab"])
def test_file_below_a_file_is_refused_and_both_are_named(between: str) -> None:
    files = [RepoFile(path, 1, SHA1) for path in ("a/b/c", between, "a")]

    with pytest.raises(ListingBroken, match="'a' as a file and 'a/b/c' below it"):
        sorted_by_us(files)


def test_neighbours_with_a_common_beginning_are_fine() -> None:
    files = [RepoFile(path, 1, SHA1) for path in ("a/b", "a/b.txt", "a/b-c/d", "a.b/c", "ab")]

    assert len(sorted_by_us(files)) == 5


@pytest.mark.parametrize("path", [".cache/huggingface/trees/x.json", ".git/config", "../x"])
def test_file_at_a_harmful_place_is_refused_naming_the_way_out(path: str) -> None:
    with ManifestSorter() as sorter, pytest.raises(ListingBroken, match="--exclude") as refusal:
        sorter.add(RepoFile(path, 1, SHA1))

    assert path in str(refusal.value)


def test_memory_stays_flat_and_nothing_is_left_behind(tmp_path: Path) -> None:
    program = (
        "import resource\n"
        "from hfdl_core.planning import ManifestSorter\n"
        "from hfdl_core.models import RepoFile\n"
        "def peak(): return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss\n"
        "sorter = ManifestSorter()\n"
        "before = peak()\n"
        "for n in range(150_000):\n"
        "    sorter.add(RepoFile(f'directory/{n * 7919 % 150_000:060d}', n % 1000, 'ab' * 32))\n"
        "assert sum(1 for _ in sorter.sorted()) == 150_000\n"
        "print(peak() - before)\n"
    )

    finished = subprocess.run(
        [sys.executable, "-c", program],
        check=True,
        capture_output=True,
        text=True,
        env={**os.environ, "TMPDIR": str(tmp_path), "SQLITE_TMPDIR": str(tmp_path)},
        cwd=Path(__file__).parents[2],
    )

    assert int(finished.stdout) < 60 * 1024
    assert list(tmp_path.iterdir()) == []


def test_full_temporary_disk_is_told_with_the_way_out() -> None:
    with ManifestSorter() as sorter:
        for number in range(999):
            sorter.add(RepoFile(f"file-{number}", 1, SHA1))
        # A database that may not grow is SQLite's own picture of a full disk.
        sorter._database.execute("PRAGMA max_page_count = 3")

        with pytest.raises(DiskFull, match="TMPDIR"):
            sorter.add(RepoFile("one too many", 1, SHA1))
