"""A README on a terminal: laid out for its width, and nothing of it to be clicked."""

import time

import pytest

from hfdl_tui.dashboard.repo.card_text import laid_out
from hfdl_tui.dashboard.view.files.card import readable_card

WIDTH = 60


def lines_of(text: str, width: int = WIDTH) -> list[str]:
    return [strip.text.rstrip() for strip in laid_out(readable_card(text), width, is_dark=True)]


def test_headings_lists_tables_and_code_are_laid_out() -> None:
    text = "# Title\n\n- one\n- two\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n```py\nx = 1\n```\n"

    shown = [line.strip() for line in lines_of(text)]

    assert [line for line in shown if line] == [
        "Title",
        "• one",
        "• two",
        "a  b",
        "────",
        "1  2",
        "x = 1",
    ]


def test_links_and_pictures_are_words() -> None:
    text = "See [here](https://example.com/x) and ![a picture](https://example.com/y.png)."
    strips = laid_out(readable_card(text), WIDTH, is_dark=True)

    assert "here (https://example.com/x)" in " ".join(strip.text for strip in strips)
    assert "[image: a picture]" in " ".join(strip.text for strip in strips)
    styles = [segment.style for strip in strips for segment in strip if segment.style]
    assert not any(style.link or style.meta for style in styles)


def test_tags_go_and_what_they_hold_stays() -> None:
    text = '<div align="center">\n  <h1>Big</h1>\n</div>\n\n```html\n<b>code</b>\n```\n'

    shown = [line.strip() for line in lines_of(text) if line]

    assert shown == ["Big", "<b>code</b>"]


def test_escapes_do_not_reach_the_terminal() -> None:
    shown = "\n".join(lines_of("# a\x1b]0;PWNED\x07\n\n`\x1b[2J` \u202etxt"))

    assert "PWNED" in shown
    assert all(char == "\n" or char.isprintable() for char in shown)


@pytest.mark.parametrize("width", [10, 40, 100])
def test_no_line_is_wider_than_the_screen(width: int) -> None:
    text = (
        "word " * 50 + "\n\n" + "x" * 300 + "\n\n| " + "a" * 90 + " | b |\n|---|---|\n| 1 | 2 |\n"
    )

    strips = laid_out(readable_card(text), width, is_dark=False)

    assert strips
    assert all(strip.cell_length <= width for strip in strips)


@pytest.mark.parametrize("text", ["[" * 5000, "*a " * 5000, "> " * 2000 + "x", "`" * 5000])
def test_what_was_made_to_be_slow_is_not(text: str) -> None:
    began = time.process_time()

    lines_of(text)

    assert time.process_time() - began < 5
