"""Globs keep exactly what huggingface_hub keeps."""

import time
from glob import escape

import pytest
from huggingface_hub.utils._paths import filter_repo_objects
from hypothesis import given
from hypothesis import strategies as st

from hfdl_core.errors import BadGlob
from hfdl_core.planning import FileFilter

PATHS = [
    "README.md",
    ".gitattributes",
    "data/train-00000-of-00002.parquet",
    "data/train-00001-of-00002.parquet",
    "data/deep/er/file.JSON",
    "database/x.json",
    "data",
    "weird[1]/a(b)+c$.txt",
    "new/日本語.txt",
]
GLOBS = [
    "*",
    "*.md",
    "*.json",
    "*.JSON",
    "data/*",
    "data/",
    "data",
    "data/*/er/*",
    "data/**/*.JSON",
    "?ata/*",
    "[dn]*",
    "[!d]*",
    "weird[[]1]/*",
    "weird[1]/*",
    "[",
    "a(b)+c$.txt",
    "*(b)+c$*",
    "data\\deep\\*",
    "./data/*",
    "/data/*",
    "*日本*",
]


def as_the_library_does(include: list[str], exclude: list[str]) -> list[str]:
    return list(
        filter_repo_objects(PATHS, allow_patterns=include or None, ignore_patterns=exclude or None)
    )


@pytest.mark.parametrize("glob", GLOBS)
def test_one_glob_includes_and_excludes_as_the_library_does(glob: str) -> None:
    included = FileFilter(include=[glob])
    excluded = FileFilter(exclude=[glob])

    assert [path for path in PATHS if included.keep(path)] == as_the_library_does([glob], [])
    assert [path for path in PATHS if excluded.keep(path)] == as_the_library_does([], [glob])


@given(st.lists(st.sampled_from(GLOBS), max_size=4), st.lists(st.sampled_from(GLOBS), max_size=4))
def test_any_mix_of_globs_keeps_what_the_library_keeps(
    include: list[str], exclude: list[str]
) -> None:
    wanted = FileFilter(include, exclude)

    kept = [path for path in PATHS if wanted.keep(path)]

    assert kept == as_the_library_does(include, exclude)


@given(
    st.text(alphabet="ab/*?[]!-.\\^|()", min_size=1, max_size=12).filter(str.strip),
    st.text(alphabet="ab/-.^|()", max_size=8),
)
def test_any_glob_matches_what_the_library_matches(glob: str, path: str) -> None:
    library_keeps = bool(list(filter_repo_objects([path], allow_patterns=[glob])))

    assert FileFilter(include=[glob]).keep(path) == library_keeps


@pytest.mark.parametrize("glob", ["", "  ", "a\0b", "x" * 1025])
def test_unreadable_glob_is_refused_in_one_line(glob: str) -> None:
    with pytest.raises(BadGlob) as refusal:
        FileFilter(exclude=[glob])

    assert str(refusal.value).isprintable()


def test_glob_of_many_stars_takes_no_time() -> None:
    wanted = FileFilter(include=["*a" * 200 + "b"])

    assert not wanted.keep("a" * 2000)


@pytest.mark.parametrize("path", [*PATHS, "[*]?", "a]b", "x[[]", "!a"])
def test_escaped_path_means_just_itself(path: str) -> None:
    wanted = FileFilter(include=[escape(path)])

    assert [other for other in {*PATHS, path, f"{path}x", f"x{path}"} if wanted.keep(other)] == [
        path
    ]


def test_thousands_of_globs_without_wildcards_take_no_time() -> None:
    files = [f"data/{number}[x].json" for number in range(2000)]
    wanted = FileFilter(
        include=[escape(path) for path in files[::2]] + [f"d{number}/*" for number in range(1000)]
    )
    began = time.perf_counter()

    kept = [path for path in [*files, "d7/deep/x", "d1000/x"] * 10 if wanted.keep(path)]

    assert time.perf_counter() - began < 0.5  # 5 ms; 1.5 s as one regular expression
    assert len(kept) == 10 * 1001
