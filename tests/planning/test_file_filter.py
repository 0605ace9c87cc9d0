"""Globs keep exactly what huggingface_hub keeps."""

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
