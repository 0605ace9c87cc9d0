"""An index knows every file and folder of a listing, in whatever order it came."""

import time
from collections.abc import Iterator, Sequence
from itertools import islice

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hfdl_core.models import RepoFile
from hfdl_tui.dashboard.view.files.file_index import FileIndex
from hfdl_tui.dashboard.view.files.folder_table import ROOT
from hfdl_tui.dashboard.view.files.index_builder import IndexBuilder
from hfdl_tui.dashboard.view.files.path_table import CHUNK
from hfdl_tui.dashboard.view.files.tree_rows import SortBy, TreeOrder, TreeRow, TreeRows
from tests.dashboard.repo_files import SETS_OF_PATHS, index_of

FILES = {
    "README.md": 5,
    "en/b.json": 20,
    "en/a.json": 10,
    "en/deep/x.json": 100,
    "en.variant/c.json": 7,
    "zh/d.json": 1,
}


def folders_of(paths: Sequence[str]) -> set[str]:
    return {path[: at + 1] for path in paths for at, sign in enumerate(path) if sign == "/"}


def shown(rows: TreeRows) -> list[TreeRow]:
    return [rows.tree_row_at(number) for number in range(len(rows))]


def keys(rows: TreeRows) -> list[str]:
    return [row.key for row in shown(rows)]


@given(SETS_OF_PATHS)
def test_paths_come_out_sorted_with_their_sizes(paths: list[str]) -> None:
    index = index_of(paths)

    assert list(index.paths) == sorted(paths)
    assert list(index.sizes) == [1 + paths.index(path) for path in sorted(paths)]
    assert [index.paths.find(path) for path in sorted(paths)] == list(range(len(paths)))
    assert index.paths.find("nowhere") is None
    assert index.size == sum(range(1, len(paths) + 1))


@given(SETS_OF_PATHS)
def test_folders_hold_what_lies_below_them(paths: list[str]) -> None:
    index = index_of(paths)
    expected = folders_of(paths)

    assert {index.folder_path(n) for n in range(len(index.folders))} == expected | {""}
    for path in expected:
        folder = index.find_folder(path)
        assert folder is not None
        below = [other for other in paths if other.startswith(path)]
        assert index.folder_count(folder) == len(below)
        assert index.folder_size(folder) == sum(1 + paths.index(other) for other in below)
        direct = [index.paths[number] for number in index.direct_files(folder)]
        assert direct == sorted(other for other in below if "/" not in other[len(path) :])
        assert all(index.folder_of(number) == folder for number in index.direct_files(folder))


@given(SETS_OF_PATHS, st.data())
def test_an_index_may_be_made_at_any_time(paths: list[str], data: st.DataObject) -> None:
    cut = data.draw(st.integers(0, len(paths)))
    builder = IndexBuilder()
    builder.add(RepoFile(path, 1, "") for path in paths[:cut])

    early = builder.index()
    builder.add(RepoFile(path, 1, "") for path in paths)  # those from before once more
    late = builder.index()

    assert list(early.paths) == sorted(paths[:cut])
    assert early.size == early.folder_size(ROOT) == cut
    assert list(late.paths) == sorted(paths)
    assert late.folder_count(ROOT) == len(paths)


def test_an_empty_repo_has_no_rows() -> None:
    index = index_of([])

    assert (len(index), index.size, len(TreeRows(index))) == (0, 0, 0)
    assert index.paths.find("a") is None
    assert TreeRows(index).index_of("a") is None


def test_folders_come_first_and_files_after_them() -> None:
    rows = TreeRows(index_of(FILES))

    assert shown(rows) == [
        TreeRow("en/", "en/", 0, 1 + 1, is_folder=True, is_open=False, size=130, files=3),
        TreeRow("en.variant/", "en.variant/", 0, 1, is_folder=True, is_open=False, size=7, files=1),
        TreeRow("zh/", "zh/", 0, 4, is_folder=True, is_open=False, size=1, files=1),
        TreeRow("README.md", "README.md", 0, 0, is_folder=False, is_open=False, size=5, files=1),
    ]


def test_an_open_folder_shows_what_is_in_it() -> None:
    rows = TreeRows(index_of(FILES)).with_open("en/").with_open("en/deep/")

    assert [(row.depth, row.name) for row in shown(rows)] == [
        (0, "en/"),
        (1, "deep/"),
        (2, "x.json"),
        (1, "a.json"),
        (1, "b.json"),
        (0, "en.variant/"),
        (0, "zh/"),
        (0, "README.md"),
    ]
    assert [row.is_open for row in shown(rows)][:2] == [True, True]
    closed = rows.with_closed("en/")
    assert keys(closed) == ["en/", "en.variant/", "zh/", "README.md"]
    assert keys(closed.with_open("en/")) == keys(rows)  # what was open inside is open again


@pytest.mark.parametrize(
    ("order", "folders", "files"),
    [
        (TreeOrder(), ["en/", "en.variant/", "zh/"], ["a.json", "b.json"]),
        (TreeOrder(reverse=True), ["zh/", "en.variant/", "en/"], ["b.json", "a.json"]),
        (TreeOrder(SortBy.SIZE), ["zh/", "en.variant/", "en/"], ["a.json", "b.json"]),
        (
            TreeOrder(SortBy.SIZE, reverse=True),
            ["en/", "en.variant/", "zh/"],
            ["b.json", "a.json"],
        ),
        (TreeOrder(SortBy.FILES), ["en.variant/", "zh/", "en/"], ["a.json", "b.json"]),
    ],
)
def test_rows_can_be_sorted(order: TreeOrder, folders: list[str], files: list[str]) -> None:
    rows = TreeRows(index_of(FILES), ["en/"], order)

    top = [row.name for row in shown(rows) if row.depth == 0 and row.is_folder]
    inside = [row.name for row in shown(rows) if row.depth == 1 and not row.is_folder]

    assert top == folders
    assert inside == files


@given(SETS_OF_PATHS, st.data())
def test_every_row_is_found_by_its_key(paths: list[str], data: st.DataObject) -> None:
    folders = sorted(folders_of(paths))
    opened = data.draw(st.lists(st.sampled_from(folders))) if folders else []
    by = data.draw(st.sampled_from(SortBy))
    rows = TreeRows(index_of(paths), opened, TreeOrder(by, data.draw(st.booleans())))

    assert [rows.index_of(rows.key_at(n)) for n in range(len(rows))] == list(range(len(rows)))
    visible = {path for path in [*paths, *folders] if _is_visible(path, opened)}
    assert set(keys(rows)) == visible
    assert len(rows) == len(visible)
    hidden = {*paths, *folders} - visible
    assert {rows.index_of(path) for path in hidden} <= {None}


def _is_visible(path: str, opened: Sequence[str]) -> bool:
    return folders_of([path[:-1]]) <= set(opened)


def test_open_folders_stay_open_while_the_listing_grows() -> None:
    rows = TreeRows(index_of(["a/b/1"]), ["a/", "a/b/", "later/"])

    grown = TreeRows(index_of(["a/b/1", "a/b/2", "later/3"]), rows.opened)

    assert keys(grown) == ["a/", "a/b/", "a/b/1", "a/b/2", "later/", "later/3"]


def test_a_path_of_a_thousand_folders_is_no_trouble() -> None:
    deep = "/".join("d" * 1500)
    rows = TreeRows(index_of([deep]), folders_of([deep]))

    assert len(rows) == 1500
    assert rows.tree_row_at(1499).depth == 1499
    assert rows.index_of(deep) == 1499


def big_listing() -> Iterator[RepoFile]:
    for number in range(100_000):
        yield RepoFile(f"big/record-{number:06}.json", 1, "")
    for number in range(100_000):
        yield RepoFile(f"data/shard-{number // 1000:03}/sample-{number:06}.json", 2, "")


@pytest.fixture(scope="module")
def big_index() -> FileIndex:
    builder = IndexBuilder()
    builder.add(big_listing())
    assert builder.is_ordered
    return builder.index()


def test_many_chunks_of_paths_are_one_list(big_index: FileIndex) -> None:
    for number in (0, CHUNK - 1, CHUNK, 2 * CHUNK, 199_999):
        path = big_index.paths[number]
        assert big_index.paths.find(path) == number
    assert sum(1 for _ in big_index.paths) == 200_000
    with pytest.raises(IndexError):
        big_index.paths[200_000]


def test_a_folder_of_100_000_files_opens_at_once(big_index: FileIndex) -> None:
    rows = TreeRows(big_index)
    began = time.perf_counter()

    opened = rows.with_open("big/")
    page = [opened.tree_row_at(number) for number in range(50_000, 50_050)]

    assert time.perf_counter() - began < 0.3  # 1 ms when nobody else needs the machine
    assert len(opened) == 100_002
    assert page[0].key == "big/record-049999.json"


def test_a_listing_out_of_order_is_sorted() -> None:
    ordered, mixed = IndexBuilder(), IndexBuilder()
    files = list(islice(big_listing(), 80_000, 130_000))
    ordered.add(files)

    mixed.add(sorted(files, key=lambda file: file.path[::-1]))

    assert not mixed.is_ordered
    assert list(mixed.index().paths) == list(ordered.index().paths)
    assert mixed.index().sizes == ordered.index().sizes
    assert mixed.index().folders == ordered.index().folders
