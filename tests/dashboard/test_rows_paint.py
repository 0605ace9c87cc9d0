"""What a table writes to the terminal: hostile and wide texts, dropped columns, styles."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.style import Style
from textual.scrollbar import ScrollBar

from hfdl_tui.dashboard.table.plain_scrollbar import PlainScrollBar
from hfdl_tui.dashboard.table.rows import Column, Row
from hfdl_tui.dashboard.table.rows_paint import Cursor, Look, Painter, Styles
from hfdl_tui.dashboard.view.drawing.columns import fit, place
from hfdl_tui.dashboard.view.drawing.glyphs import ASCII, UNICODE
from hfdl_tui.dashboard.view.drawing.table import STYLES, Cell
from tests.dashboard.screen import awaited, screen_text, until
from tests.dashboard.tables import COLUMNS, TableApp, row

HOSTILE = [
    "a[/b].bin",
    "x[/",
    "data[train].parquet",
    "[b",
    "two\nlines",
    "\x1b]0;PWNED\x07\x1b[2J",
    "日本語のファイル名.bin",
    "\u202egnp.exe",
    "กำลังดาวน์โหลด",
    "e\u0301" * 40,
    "❤️" * 20,
    "x" * 4096,
    "",
]


def painter(*columns: Column, width: int = 40, markable: bool = False) -> Painter:
    plain = Styles(lambda name: Style(meta={"name": name}), lambda _: Style.null())
    made = Painter(columns, UNICODE, plain, markable=markable)
    made.lay_out(width)
    return made


def painted(made: Painter, *cells: Cell) -> str:
    look = Look(Row("key", cells), Cursor.ELSEWHERE, is_marked=False)
    return made.row(look, is_stale=False).text


@awaited
async def test_hostile_names_are_text_and_columns_stay_true() -> None:
    app = TableApp()
    async with app.run_test(size=(60, 20)) as pilot:
        app.rows.show([row(str(number), name) for number, name in enumerate(HOSTILE)])
        await until(pilot, lambda: "on-12" in screen_text(app))
        screen = screen_text(app)

        for shown in ("a[/b].bin", "x[/", "data[train].parquet", "[b", r"two\nlines", r"\u202eg"):
            assert shown in screen
        assert not any(char in screen for char in "\x1b\x07\u202e")
        strips = app.screen._compositor.render_strips()
        for number in range(len(HOSTILE)):
            text = "".join(segment.text for segment in strips[number + 1])
            assert cell_len(text) == 60
            assert cell_len(text[: text.index(f"on-{number}")]) == 41


@given(st.text(max_size=60), st.integers(1, 30), st.booleans(), st.booleans())
def test_any_text_fills_its_column_exactly(
    text: str, width: int, is_right: bool, is_path: bool
) -> None:
    column = Column(
        "key",
        "KEY",
        width,
        align="right" if is_right else "left",
        shorten="middle" if is_path else "end",
    )
    line = painted(painter(column, Column("next", "NEXT", 2), width=60), text, "|")

    assert line.isprintable()
    assert cell_len(line) == 60
    assert cell_len(line[: line.rindex("|")]) == 1 + width + 1


@pytest.mark.parametrize(
    ("text", "shorten", "expected"),
    [
        ("short", "end", "short   "),
        ("data/train-00317", "end", "data/tr…"),
        ("data/train-00317", "middle", "data…317"),
        ("日本語日本語", "end", "日本語 …"),
        ("日本語日本語", "middle", "日本 …語"),
    ],
)
def test_a_long_text_is_cut_where_it_tells_least(text: str, shorten: str, expected: str) -> None:
    column = Column("key", "KEY", 8, shorten="middle" if shorten == "middle" else "end")

    assert fit(text, place([column], 0, 8)[0]) == expected


@pytest.mark.parametrize(
    ("width", "keys"),
    [
        (60, ["state", "name", "host", "rate"]),
        (36, ["state", "name", "host", "rate"]),
        (35, ["state", "name", "host"]),
        (26, ["state", "name"]),
        (5, ["state", "name"]),  # what stays is scrolled to
    ],
)
def test_a_narrow_table_drops_the_highest_columns_first(width: int, keys: list[str]) -> None:
    placed = place(COLUMNS, 1, width)

    assert [at.column.key for at in placed] == keys
    if width >= 16:
        assert placed[-1].x + placed[-1].width == width  # the name takes what is left over


@awaited
async def test_a_resize_drops_columns_and_brings_them_back() -> None:
    app = TableApp()
    async with app.run_test(size=(60, 8)) as pilot:
        app.rows.show([row("a")])
        await until(pilot, lambda: "HOST" in screen_text(app) and "RATE" in screen_text(app))
        before = screen_text(app)
        await pilot.resize_terminal(34, 8)
        await until(pilot, lambda: "RATE" not in screen_text(app))
        await pilot.resize_terminal(24, 8)
        await until(pilot, lambda: "HOST" not in screen_text(app))
        await pilot.resize_terminal(60, 8)

        await until(pilot, lambda: screen_text(app) == before)


def test_a_header_without_room_for_its_sign_gives_up_letters() -> None:
    made = painter(Column("err", "ERROR", 5, "right"), Column("s", "S", 1), width=8)

    assert made.header("err", sort_reverse=True).text == " ERRO▼ S"
    assert made.header("s", sort_reverse=False).text == " ERROR ▲"


def test_neighbours_of_one_style_are_written_as_one() -> None:
    made = painter(Column("a", "A", 3), Column("b", "B", 3), Column("c", "C", 3), width=12)
    look = Look(Row("key", ("one", "two", ("x", "failed"))), Cursor.ELSEWHERE, is_marked=False)

    assert [segment.text for segment in made.row(look, is_stale=False)] == [" one two ", "x  "]


@awaited
async def test_every_style_has_its_look_and_a_stale_table_is_dim() -> None:
    app = TableApp()
    async with app.run_test(size=(60, 14)) as pilot:
        app.rows.show([row(style, style=style) for style in STYLES])
        await pilot.pause()
        dim = app.rows._overlay("dim").color
        fresh = [_style_of(app, style) for style in STYLES]
        assert len({str(style.without_color) + str(style.color) for style in fresh}) == len(STYLES)
        assert fresh[STYLES.index("failed")].reverse

        app.rows.stale = True
        await pilot.pause()

        assert {_style_of(app, style).color for style in STYLES[1:]} == {dim}


@awaited
async def test_the_ground_of_the_theme_lies_under_every_cell() -> None:
    app = TableApp()
    async with app.run_test(size=(60, 14)) as pilot:
        app.rows.show([row("first"), row("second")])
        for theme, ground in (("hfdl-dark", "#0f1317"), ("hfdl-light", "#f8f9fa")):
            app.theme = theme
            await until(pilot, lambda ground=ground: _ground(app) == ground)  # type: ignore[misc]


@awaited
async def test_a_table_in_ascii_is_ascii(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ScrollBar, "renderer", PlainScrollBar)
    app = TableApp(glyphs=ASCII)
    async with app.run_test(size=(31, 8)) as pilot:
        app.rows.sort_key = "name"
        cells = ("*", "a-very-long-name-of-a-file.bin", "host", "1")
        app.rows.show([Row(key, cells) for key in "abcdefghijklmnop"])
        app.rows.mark_all(["a"])
        await until(pilot, lambda: "|> *  a-very~le.bin" in screen_text(app))

        assert screen_text(app).isascii()


def _style_of(app: TableApp, text: str) -> Style:
    for strip in app.screen._compositor.render_strips():
        for segment in strip:
            if text in segment.text and segment.style is not None:
                return segment.style
    raise AssertionError(screen_text(app))


def _ground(app: TableApp) -> str:
    color = _style_of(app, "second").bgcolor
    return "" if color is None else color.get_truecolor().hex
