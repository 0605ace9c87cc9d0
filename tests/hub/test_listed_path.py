"""Paths from a listing are input: what may become a file is decided by one rule."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hfdl_core.errors import UnsafePath
from hfdl_core.listed_path import check_listed_path, check_wanted_path


@pytest.mark.parametrize(
    "path",
    [
        "",
        "/etc/passwd",
        "..",
        "../outside",
        "data/../../outside",
        ".",
        "data/./file",
        "data//file",
        "data/",
        "data\\..\\file",
        "nul\0byte",
        "line\nbreak",
        "escape\x1b[2J",
        "delete\x7f",
        "c1\x9b31m",
        "lone\ud800surrogate",
        "n" * 256,
        "é" * 128,
        "d/" * 2048 + "f",
    ],
)
def test_unsafe_path_is_refused(path: str) -> None:
    with pytest.raises(UnsafePath):
        check_listed_path(path)


@pytest.mark.parametrize(
    "path",
    [
        ".cache",
        ".cache/huggingface/download/x.metadata",
        ".cache/hfdl/lock",
        ".Cache/HuggingFace/x",
        ".git/hooks/post-checkout",
        "vendored/.GIT/config",
        ".git",
    ],
)
def test_harmful_place_may_be_listed_but_not_downloaded(path: str) -> None:
    parts = check_listed_path(path)

    assert parts == tuple(path.split("/"))
    with pytest.raises(UnsafePath):
        check_wanted_path(path)


@pytest.mark.parametrize(
    "path",
    [
        "README.md",
        ".gitattributes",
        ".github/workflows/test.yml",
        "data/train-00000-of-00001.parquet",
        ".cache/other/file",
        "CON",
        "aux.txt",
        "trailing dot./name ",
        "...",
        "日本語/файл.txt",
        "a#b?c%2e&d=é",
        "n" * 255,
    ],
)
def test_ordinary_path_is_its_parts(path: str) -> None:
    assert check_wanted_path(path) == tuple(path.split("/"))


def test_refusal_names_the_path_without_raw_control_characters() -> None:
    with pytest.raises(UnsafePath) as refusal:
        check_listed_path("data/\x1b[2Jevil")

    assert r"'data/\x1b[2Jevil'" in str(refusal.value)
    assert str(refusal.value).isprintable()


@given(st.text())
def test_accepted_path_never_leaves_its_root(path: str) -> None:
    try:
        parts = check_listed_path(path)
    except UnsafePath:
        return

    assert not {"", ".", ".."} & set(parts)
    assert "\0" not in path
    assert path.encode()
