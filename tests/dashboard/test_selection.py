"""Marks are exact whatever is marked, and a job's filters mean just the marked files."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hfdl_core.errors import UsageError
from hfdl_core.planning import FileFilter
from hfdl_tui.dashboard.view.files.carried_marks import carried
from hfdl_tui.dashboard.view.files.file_index import FileIndex
from hfdl_tui.dashboard.view.files.job_globs import MOST_GLOBS, JobGlobs, job_globs
from hfdl_tui.dashboard.view.files.search import Matches, find_matches
from hfdl_tui.dashboard.view.files.selection import Marked, Selection
from hfdl_tui.dashboard.view.files.typed_filter import parse_filter
from tests.dashboard.repo_files import SETS_OF_PATHS, index_of

FILTERS = ["a", "!b", "*b", "/a*", "a[?]*", "*.b*", "b/*", "re:^a"]


def matches_of(index: FileIndex, text: str) -> Matches:
    wanted = parse_filter(text)
    assert wanted is not None
    matches = find_matches(index, wanted)
    assert matches is not None
    return matches


def marked_paths(selection: Selection) -> set[str]:
    flags = selection.taken().flags
    return {path for path, flag in zip(selection.index.paths, flags, strict=True) if flag}


def kept(globs: JobGlobs, index: FileIndex) -> set[str]:
    job = FileFilter(*globs)
    return {path for path in index.paths if job.keep(path)}


def folder(index: FileIndex, path: str) -> int:
    number = index.find_folder(path)
    assert number is not None
    return number


def file(index: FileIndex, path: str) -> int:
    number = index.paths.find(path)
    assert number is not None
    return number


def _mark_something(selection: Selection, data: st.DataObject) -> None:
    index = selection.index
    moves: list[Callable[[], None]] = [
        lambda: selection.toggle_file(data.draw(st.integers(0, len(index) - 1))),
        lambda: selection.toggle_folder(data.draw(st.integers(0, len(index.folders) - 1))),
        lambda: selection.toggle_matches(matches_of(index, data.draw(st.sampled_from(FILTERS)))),
        selection.mark_all,
        selection.clear,
    ]
    data.draw(st.sampled_from(moves))()


@given(SETS_OF_PATHS, st.integers(0, 6), st.data())
def test_a_job_keeps_exactly_the_marked_files(
    paths: list[str], moves: int, data: st.DataObject
) -> None:
    index = index_of(paths)
    selection = Selection(index)
    for _ in range(moves):
        _mark_something(selection, data)
    wanted = marked_paths(selection)

    assert selection.count == len(wanted)
    assert selection.size == sum(1 + paths.index(path) for path in wanted)
    for number in range(len(index.folders)):
        below = {path for path in paths if path.startswith(index.folder_path(number))}
        expected = Marked.NONE if not below & wanted else Marked.SOME
        assert selection.of_folder(number) is (Marked.ALL if below <= wanted else expected)
    if wanted:
        assert kept(job_globs(selection.taken()), index) == wanted


def test_the_size_of_many_scattered_marks_is_exact() -> None:
    index = index_of({f"{number:06}": number for number in range(70_000)})
    selection = Selection(index)

    selection.toggle_matches(matches_of(index, "*3"))
    selection.toggle_matches(matches_of(index, "re:[13]$"))

    assert selection.size == sum(number for number in range(70_000) if number % 10 in {1, 3})


REPO = ["README.md", *(f"en/{n}.json" for n in range(9)), *(f"zh/{n}.json" for n in range(9))]


def test_the_whole_repo_needs_no_globs() -> None:
    selection = Selection(index_of(REPO))

    selection.mark_all()

    assert job_globs(selection.taken()) == JobGlobs()


def test_a_folder_is_one_glob() -> None:
    index = index_of(REPO)
    selection = Selection(index)

    selection.toggle_folder(folder(index, "en/"))

    assert job_globs(selection.taken()) == JobGlobs(include=("en/*",))


def test_a_folder_without_a_few_files_is_said_that_way() -> None:
    index = index_of([*REPO, *(f"other-{n}/x" for n in range(9))])
    selection = Selection(index)
    selection.toggle_folder(folder(index, "en/"))

    selection.toggle_file(file(index, "en/3.json"))
    selection.toggle_file(file(index, "README.md"))

    globs = job_globs(selection.taken())
    assert globs == JobGlobs(("README.md", "en/*"), ("en/3.json",))
    assert selection.of_folder(folder(index, "en/")) is Marked.SOME


def test_the_repo_without_a_folder_is_an_exclude() -> None:
    index = index_of([*REPO, *(f"other-{n}/x" for n in range(9))])
    selection = Selection(index)
    selection.mark_all()

    selection.toggle_folder(folder(index, "zh/"))

    assert job_globs(selection.taken()) == JobGlobs((), ("zh/*",))


def test_a_glob_that_was_typed_is_what_the_job_gets() -> None:
    index = index_of(REPO)
    selection = Selection(index)

    selection.toggle_matches(matches_of(index, "*[1-4].json"))

    assert selection.count == 8
    assert job_globs(selection.taken()) == JobGlobs(("*[1-4].json",))


def test_a_typed_glob_is_put_right_by_what_was_marked_afterwards() -> None:
    index = index_of(REPO)
    selection = Selection(index)
    selection.toggle_matches(matches_of(index, "*[1-4].json"))

    selection.toggle_file(file(index, "en/2.json"))
    selection.toggle_file(file(index, "README.md"))

    assert job_globs(selection.taken()) == JobGlobs(("*[1-4].json", "README.md"), ("en/2.json",))


def test_marking_the_matches_twice_unmarks_them() -> None:
    index = index_of(REPO)
    selection = Selection(index)
    selection.toggle_folder(folder(index, "zh/"))
    matches = matches_of(index, "*[1-4].json")

    selection.toggle_matches(matches)
    version = selection.version
    selection.toggle_matches(matches)

    assert selection.version > version
    assert marked_paths(selection) == {f"zh/{n}.json" for n in (0, 5, 6, 7, 8)}


def test_nothing_marked_is_no_job() -> None:
    selection = Selection(index_of(REPO))
    selection.mark_all()
    selection.clear()

    with pytest.raises(UsageError, match="no file is marked"):
        job_globs(selection.taken())


def test_marks_here_and_there_are_bounded() -> None:
    index = index_of([f"{number:05}" for number in range(2 * MOST_GLOBS + 2)])
    selection = Selection(index)
    for number in range(0, len(index), 2):
        selection.toggle_file(number)

    with pytest.raises(UsageError, match="takes 2,001 globs and a job has at most 2,000"):
        job_globs(selection.taken())

    selection.toggle_file(0)
    assert len(job_globs(selection.taken()).include) == MOST_GLOBS


def test_a_path_too_long_for_a_filter_is_told() -> None:
    index = index_of(["/".join("d" * 600), "other"])
    selection = Selection(index)
    selection.toggle_file(0)

    # The topmost folder says it, too.
    assert job_globs(selection.taken()) == JobGlobs(("d/*",))

    crowded = index_of([f"{'/'.join('d' * 600)}/{name}" for name in "abcd"])
    few = Selection(crowded)
    few.toggle_file(0)
    with pytest.raises(UsageError, match="too long a path"):
        job_globs(few.taken())


@given(SETS_OF_PATHS, st.integers(1, 4), st.data())
def test_marks_stay_while_the_listing_grows(
    paths: list[str], moves: int, data: st.DataObject
) -> None:
    cut = data.draw(st.integers(1, len(paths)))
    order = data.draw(st.sampled_from([sorted(paths), paths]))
    old, grown = index_of(order[:cut]), index_of(order)
    selection = Selection(old)
    for _ in range(moves):
        _mark_something(selection, data)

    taken = marked_paths(carried(selection, grown))

    whole = [
        old.folder_path(n) for n in range(len(old.folders)) if selection.of_folder(n) is Marked.ALL
    ]
    added = {path for path in order[cut:] if any(path.startswith(each) for each in whole)}
    assert taken == marked_paths(selection) | added
