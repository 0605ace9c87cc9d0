"""What is typed into the filter line finds what it says, and cannot stop the screen."""

import re
import time
from collections.abc import Iterable
from fnmatch import fnmatchcase
from itertools import product

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from hfdl_core.errors import UsageError
from hfdl_core.planning import FileFilter
from hfdl_tui.dashboard.view.files.chunk_flags import Flags
from hfdl_tui.dashboard.view.files.glob_flags import glob_flags
from hfdl_tui.dashboard.view.files.path_table import CHUNK, PathPacker
from hfdl_tui.dashboard.view.files.regex_guard import checked_regex
from hfdl_tui.dashboard.view.files.regex_parts import needed_parts
from hfdl_tui.dashboard.view.files.search import MOST_SHOWN, Latest, Matches, find_matches
from hfdl_tui.dashboard.view.files.tree_rows import SortBy, TreeOrder
from hfdl_tui.dashboard.view.files.typed_filter import FilterKind, TypedFilter, parse_filter
from tests.dashboard.repo_files import SETS_OF_PATHS, index_of

PATHS = [
    "README.md",
    "data/Train-0.json.gz",
    "data/test-0.json.gz",
    "data/train-1.json",
    "en/train-2.json.gz",
    "train",
    "weird[1]/a(b)+c$.txt",
]


# Few signs, so that the paths of a set begin alike and the ends of a glob overlap in them.
ALIKE = st.sets(st.text(alphabet="ab/.[", min_size=1, max_size=7), min_size=1, max_size=5)
# Several chunks of paths: some within one folder, some not.
MANY = sorted(
    f"{place}/{split}-{number:04}.{end}"
    for place, split, number, end in product(
        ("de", "en/a", "en/b"), ("test", "train"), range(300), ("json", "json.gz")
    )
)


def parsed(text: str) -> TypedFilter:
    wanted = parse_filter(text)
    assert wanted is not None
    return wanted


def found(text: str, order: TreeOrder | None = None) -> Matches:
    matches = find_matches(index_of(PATHS), parsed(text), order)
    assert matches is not None
    return matches


def paths(matches: Matches) -> list[str]:
    return [matches.key_at(number) for number in range(len(matches))]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("train", ["data/Train-0.json.gz", "data/train-1.json", "en/train-2.json.gz", "train"]),
        ("TRAIN-", ["data/Train-0.json.gz", "data/train-1.json", "en/train-2.json.gz"]),
        ("!json", ["README.md", "train", "weird[1]/a(b)+c$.txt"]),
        ("*.json", ["data/train-1.json"]),
        ("train*", ["data/train-1.json", "en/train-2.json.gz", "train"]),
        ("/train*", ["train"]),
        ("/en/*.json.gz", ["en/train-2.json.gz"]),
        ("/data", ["data/Train-0.json.gz", "data/test-0.json.gz", "data/train-1.json"]),
        ("!/data/", ["README.md", "en/train-2.json.gz", "train", "weird[1]/a(b)+c$.txt"]),
        ("*/t*-?.json*", ["data/test-0.json.gz", "data/train-1.json", "en/train-2.json.gz"]),
        ("[te]*", ["data/test-0.json.gz", "data/train-1.json", "en/train-2.json.gz", "train"]),
        (r"re:-\d\.json$", ["data/train-1.json"]),
        ("!re:[.]", ["train"]),
        ("nothing of the kind", []),
        ("a(b)", ["weird[1]/a(b)+c$.txt"]),
    ],
)
def test_each_way_of_filtering_finds_its_files(text: str, expected: list[str]) -> None:
    matches = found(text)

    assert paths(matches) == expected
    assert matches.count == len(expected)
    assert matches.size == sum(1 + PATHS.index(path) for path in expected)


@pytest.mark.parametrize("text", ["", "  ", "!", " ! "])
def test_an_empty_line_filters_nothing(text: str) -> None:
    assert parse_filter(text) is None


@given(SETS_OF_PATHS, st.text(alphabet="ab/*?[]!-.x日 ", max_size=8))
def test_a_glob_means_to_a_job_what_it_means_here(files: list[str], text: str) -> None:
    wanted = parsed(f"/{text}*")
    index = index_of(files)

    matches = find_matches(index, wanted)

    job = FileFilter(include=wanted.globs)
    assert matches is not None
    assert [bool(flag) for flag in matches.flags] == [job.keep(path) for path in index.paths]


@given(SETS_OF_PATHS, st.text(alphabet="abÉté日-.", min_size=1, max_size=3))
def test_a_part_is_found_in_any_case_of_letters(files: list[str], part: str) -> None:
    index = index_of(files)

    matches = find_matches(index, parsed(part))
    others = find_matches(index, parsed(f"!{part}"))

    assert matches is not None
    assert others is not None
    assert paths(matches) == [path for path in index.paths if part.lower() in path.lower()]
    assert matches.count + others.count == len(files)


@pytest.mark.parametrize("text", ["a", "*a", "a*b", "*a*", "*a*-*", "a*-*b*", "**", "?", "[ab]*"])
def test_globs_of_every_shape_mean_to_a_job_what_they_mean_here(text: str) -> None:
    names = ["a", "b", "ab", "a-b", "-", "a--b", "b-a", "aa-bb", "ba"]
    index = index_of([*names, *(f"{first}/{second}" for first in names for second in names)])

    for glob in (text, f"/{text}"):
        matches = find_matches(index, parsed(glob))

        job = FileFilter(include=parsed(glob).globs or [f"*{glob}*"])
        assert matches is not None
        assert [bool(flag) for flag in matches.flags] == [job.keep(path) for path in index.paths]


def flags_of(test: Flags, files: Iterable[str]) -> list[bool]:
    packer = PathPacker()
    for path in sorted(files):
        packer.append(path)
    return [bool(flag) for chunk in packer.table().chunks() for flag in test(chunk)]


@given(ALIKE, st.text(alphabet="ab/.*?[]!-", min_size=1, max_size=9))
@example({"abc", "abbc", "abxbc"}, "ab*bc")
@example({"a.b", "a.bb.b"}, "a.*.b")
@example({"ab", "aab"}, "*a*ab")
@example({"bab", "aab"}, "*a*ab")
@example({"a]b", "a*b", "a"}, "a[]*]*")
@example({"[a", "b[!]"}, "*[!]*")
def test_a_glob_is_read_as_fnmatch_reads_it(files: set[str], glob: str) -> None:
    expected = [fnmatchcase(path, glob) for path in sorted(files)]

    assert flags_of(glob_flags(glob), files) == expected


@pytest.mark.parametrize(
    "glob",
    [
        "en/*",
        "en/a*",
        "*train*",
        "*.gz",
        "en/*.gz",
        "*/train-00[0-4]*",
        "*train*json*",
        "*train*.json",
        "*/t*1*.gz",
        "*[0-4].json",
        "en/*9?.json",
        "[!d]*",
        "??/test*",
        "de/test-0000.json",
        "zz*",
    ],
)
def test_a_glob_over_many_chunks_is_as_over_single_paths(glob: str) -> None:
    assert len(MANY) > 6 * CHUNK
    assert flags_of(glob_flags(glob), MANY) == [fnmatchcase(path, glob) for path in MANY]


@pytest.mark.parametrize("text", ["train", "en/", "!TRAIN-00", "re:train-00[0-4]", r"!re:9\.json$"])
def test_the_matches_of_many_chunks_are_counted_and_in_order(text: str) -> None:
    turned, part = text.startswith("!"), text.removeprefix("!")
    regex = re.compile(part.removeprefix("re:"), 0 if "re:" in part else re.IGNORECASE)
    expected = [path for path in MANY if (regex.search(path) is None) is turned]
    index = index_of({path: number for number, path in enumerate(MANY)})

    matches = find_matches(index, parsed(text))
    backwards = find_matches(index, parsed(text), TreeOrder(reverse=True))

    assert matches is not None
    assert backwards is not None
    assert paths(matches) == expected[:MOST_SHOWN]
    assert paths(backwards) == expected[::-1][:MOST_SHOWN]
    assert (matches.count, matches.size) == (len(expected), sum(map(MANY.index, expected)))


def test_only_the_first_of_very_many_are_rows_and_all_are_counted() -> None:
    index = index_of({f"{number:05}.json": number for number in range(20_000)})

    by_name = find_matches(index, parsed("json"))
    by_size = find_matches(index, parsed("json"), TreeOrder(SortBy.SIZE, reverse=True))
    backwards = find_matches(index, parsed("json"), TreeOrder(reverse=True))

    assert by_name is not None
    assert by_size is not None
    assert backwards is not None
    assert (len(by_name), by_name.count, by_name.size) == (MOST_SHOWN, 20_000, 199_990_000)
    assert by_name.key_at(0) == "00000.json"
    assert by_size.key_at(0) == "19999.json"
    assert backwards.key_at(0) == "19999.json"
    assert by_name.index_of("01999.json") == 1999
    assert by_name.index_of("02000.json") is None
    assert by_name.index_of("unknown") is None
    assert by_name.tree_row_at(7).size == 7


def test_a_newer_filter_ends_the_search_of_an_older_one() -> None:
    latest = Latest()
    is_first_outdated = latest.begin()
    assert not is_first_outdated()
    is_second_outdated = latest.begin()

    index = index_of(PATHS)

    assert find_matches(index, parsed("train"), None, is_first_outdated) is None
    assert find_matches(index, parsed("train"), None, is_second_outdated) is not None


@pytest.mark.parametrize(
    "pattern",
    [
        "(a+)+b",
        "(a|a)*b",
        "(?:a?){30}",
        "((a*)b)*",
        "(?P<x>a{1,5})+",
        ".*.*.*.*z",
        "[[a]",
        "[a--b]",
        r"[\\--a]",
        "(",
        "[",
        "*",
        "a{99999999999}",
        "a" * 300,
        "\\",
    ],
)
def test_a_regex_that_could_run_for_ever_or_is_none_is_refused_at_once(pattern: str) -> None:
    began = time.perf_counter()

    with pytest.raises(UsageError) as refusal:
        parse_filter(f"re:{pattern}")

    assert time.perf_counter() - began < 1
    assert str(refusal.value).isprintable()


@pytest.mark.parametrize(
    "pattern",
    [r"(json|parquet)$", r"^data/.*-\d{5}-of-", r"(a+)?b", r"[]a^*+]+", r"\(+[^/]*", "a++"],
)
def test_an_ordinary_regex_is_as_it_was_typed(pattern: str) -> None:
    assert checked_regex(pattern) == re.compile(pattern)
    assert parsed(f"re:{pattern}").kind is FilterKind.REGEX


@pytest.mark.parametrize(
    ("pattern", "parts"),
    [
        (r"sample-\d+99\.jsonl$", ["sample-", "99.jsonl"]),
        (r"^data/.*-\d{5}-of-", ["data/", "-", "-of-"]),
        ("abc?d*e+f", ["ab", "e", "f"]),
        ("ab{0,2}c{x", ["a", "c", "x"]),
        (r"a[^]b]c(d|e)f", ["a", "c", "f"]),
        (r"a(b[)]c)?d", ["a", "d"]),
        ("ab|cd", []),
        ("(?i)ab", []),
        (r"a\x41b", []),
        ("[(?]a", ["a"]),
    ],
)
def test_what_a_regex_needs_is_read_from_it(pattern: str, parts: list[str]) -> None:
    assert needed_parts(pattern) == parts


@given(ALIKE, st.text(alphabet="ab/.(|)*+?[]{1,}\\-^$", max_size=9))
def test_a_regex_finds_what_it_finds_in_single_paths(files: set[str], pattern: str) -> None:
    try:
        search = checked_regex(pattern).search
    except UsageError:
        return
    expected = [search(path) is not None for path in sorted(files)]

    if wanted := parse_filter(f"re:{pattern}"):
        assert flags_of(wanted.flags, files) == expected


def test_a_path_made_to_be_searched_for_ever_is_passed_over() -> None:
    index = index_of(["a" * 4000, "aab"])
    began = time.perf_counter()

    matches = find_matches(index, parsed("re:a*a*a*b"))

    assert matches is not None
    assert paths(matches) == ["aab"]
    assert time.perf_counter() - began < 1


@given(st.text(alphabet="ab(|)*+?[]{1,}\\-&^$.", max_size=12))
def test_whatever_is_typed_is_searched_or_refused_and_nothing_is_warned_of(pattern: str) -> None:
    try:
        regex = checked_regex(pattern)
    except UsageError:
        return
    assert regex.pattern == pattern
    began = time.perf_counter()
    regex.search("ab" * 50)
    assert time.perf_counter() - began < 1
