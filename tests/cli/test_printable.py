"""Text from elsewhere cannot do anything to a terminal."""

import json

import pytest

from hfdl_tui.cli.output import complain, emit, emit_json_list, tell
from hfdl_tui.wording.printable import cell_width, printable, shorten

EVIL = "a\x1b[2Jb\x07c\r\nhfdl: all fine\u202egnp.exe\x9b31m\u2028d\ud800e"


@pytest.mark.parametrize(
    "text", ["plain.txt", "snö & ice", "日本語.bin", "emoji 🎉", "a[b].bin", ""]
)
def test_text_that_prints_stays_as_it_is(text: str) -> None:
    assert printable(text) == text


def test_nothing_that_a_terminal_obeys_is_left() -> None:
    shown = printable(EVIL)

    assert shown.isprintable()
    assert r"\x1b[2J" in shown
    assert r"\n" in shown
    assert r"\u202e" in shown


@pytest.mark.parametrize("say", [emit, tell, complain])
def test_a_line_stays_one_harmless_line(say: object, capsys: pytest.CaptureFixture[str]) -> None:
    assert callable(say)

    say(EVIL)

    out, err = capsys.readouterr()
    assert (out + err).count("\n") == 1
    assert (out + err).rstrip("\n").isprintable()


def test_json_is_ascii_and_gives_the_name_back(capsys: pytest.CaptureFixture[str]) -> None:
    emit_json_list([{"path": EVIL}, {"path": "b"}])

    out = capsys.readouterr().out
    assert out.replace("\n", "").isprintable()
    assert out.isascii()
    assert json.loads(out) == [{"path": EVIL}, {"path": "b"}]


def test_an_empty_list_is_still_json(capsys: pytest.CaptureFixture[str]) -> None:
    emit_json_list([])

    assert json.loads(capsys.readouterr().out) == []


def test_wide_characters_take_two_columns_and_combining_ones_none() -> None:
    assert cell_width("日本") == 4
    assert cell_width("e\u0301") == 1


@pytest.mark.parametrize("width", range(12))
@pytest.mark.parametrize(
    "text", ["data/train-00000-of-01024.parquet", "日本語日本語日本語.bin", "short"]
)
def test_shortened_text_never_exceeds_its_width(text: str, width: int) -> None:
    assert cell_width(shorten(text, width)) <= width


def test_a_shortened_path_keeps_both_ends() -> None:
    assert shorten("data/train-00000-of-01024.parquet", 17) == "data/tra….parquet"
