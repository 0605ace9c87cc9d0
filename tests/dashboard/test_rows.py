"""The table: its cursor and marks follow keys, whatever happens to the rows."""

import math
import random
import time

from textual.strip import Strip

from hfdl_tui.dashboard.table.rows import Column, Row, Rows
from tests.dashboard.screen import awaited, screen_text, until
from tests.dashboard.tables import Endless, TableApp, numbered, row, rows_of

SIZE = (60, 12)  # 11 rows below the header


def line_of(app: TableApp, text: str) -> int:
    """Which line of the screen holds this text; -1 when none does."""
    lines = screen_text(app).splitlines()
    return next((number for number, line in enumerate(lines) if text in line), -1)


@awaited
async def test_cursor_and_marks_keep_to_their_keys_over_50_shuffled_updates() -> None:
    chance = random.Random(5)
    app = TableApp()
    async with app.run_test(size=SIZE) as pilot:
        app.rows.show(numbered(200))
        app.rows.move_to("w-0100")
        app.rows.mark_all(["w-0007", "w-0100", "w-0150"])
        await until(pilot, lambda: line_of(app, "w-0100") > 0)
        for number in range(50):
            order = [one for one in numbered(200) if one.key == "w-0100" or chance.random() < 0.8]
            chance.shuffle(order)
            app.rows.show(order)
            assert app.rows.cursor_key == "w-0100"
            if number % 10 == 0:
                await until(pilot, lambda: "▌> ●  w-0100" in screen_text(app))
        app.rows.show(numbered(200))

        assert app.rows.marks == {"w-0007", "w-0100", "w-0150"}
        await until(pilot, lambda: app.highlights() == ["w-0000", "w-0100"])


@awaited
async def test_row_under_the_cursor_stays_on_its_line_of_the_screen() -> None:
    app = TableApp()
    async with app.run_test(size=SIZE) as pilot:
        app.rows.show(numbered(200))
        app.rows.move_to("w-0100")
        await pilot.press("up", "up", "up")
        await until(pilot, lambda: line_of(app, "w-0097") > 0)
        line = line_of(app, "w-0097")

        app.rows.show([*rows_of("new-1", "new-2", "new-3"), *numbered(200)])
        await until(pilot, lambda: app.rows.scroll_offset.y == 93)

        assert line_of(app, "w-0097") == line


@awaited
async def test_new_rows_on_top_are_seen_while_nobody_moved_the_cursor() -> None:
    app = TableApp()
    async with app.run_test(size=SIZE) as pilot:
        app.rows.show(numbered(200))
        await pilot.pause()

        app.rows.show([*rows_of("failed"), *numbered(200)])
        await until(pilot, lambda: line_of(app, "failed") == 1)

        assert app.rows.cursor_key == "w-0000"
        assert app.rows.scroll_offset.y == 0


@awaited
async def test_rows_scrolled_away_from_the_cursor_stand_still() -> None:
    app = TableApp()
    async with app.run_test(size=SIZE) as pilot:
        app.rows.show(numbered(200))
        app.rows.move_to("w-0000")
        await pilot.pause()
        app.rows.scroll_to(y=50, animate=False)

        app.rows.show(list(reversed(numbered(200))))
        await until(pilot, lambda: line_of(app, "w-0149") == 1)

        assert app.rows.cursor_key == "w-0000"


@awaited
async def test_cursor_of_a_vanished_row_goes_to_the_nearest_neighbour() -> None:
    app = TableApp()
    async with app.run_test(size=SIZE) as pilot:
        app.rows.show(rows_of("a", "b", "c", "d", "e"))
        app.rows.move_to("c")

        app.rows.show(rows_of("a", "b", "d", "e"))
        assert app.rows.cursor_key == "d"
        app.rows.show(rows_of("b", "a"))
        assert app.rows.cursor_key == "b"
        app.rows.show(rows_of("x", "y"))
        assert app.rows.cursor_key == "x"
        app.rows.show([])
        assert app.rows.cursor_key is None

        await until(pilot, lambda: app.highlights() == ["a", "c", "d", "b", "x", None])


@awaited
async def test_marks_of_rows_that_are_not_there_do_not_count_until_they_return() -> None:
    app = TableApp()
    async with app.run_test(size=SIZE):
        app.rows.show(rows_of("a", "b", "c"))
        app.rows.mark_all(["a", "b"])

        app.rows.show(rows_of("b", "c"))
        assert app.rows.marks == {"b"}
        app.rows.show(rows_of("a", "b", "c"))
        assert app.rows.marks == {"a", "b"}
        app.rows.clear_marks()

        assert app.rows.marks == frozenset()


@awaited
async def test_rows_shown_before_the_table_is_on_the_screen_are_there_at_once() -> None:
    app = TableApp()
    app.rows.show(numbered(100))
    app.rows.move_to("w-0090")
    async with app.run_test(size=SIZE) as pilot:
        await until(pilot, lambda: line_of(app, "w-0090") > 0)

        assert app.rows.cursor_key == "w-0090"
        assert app.rows.cursor_moved_at == -math.inf


@awaited
async def test_a_smaller_screen_keeps_the_cursor_in_sight() -> None:
    app = TableApp()
    async with app.run_test(size=(60, 30)) as pilot:
        app.rows.show(numbered(100))
        app.rows.move_to("w-0028")
        await until(pilot, lambda: line_of(app, "w-0028") > 0)

        await pilot.resize_terminal(60, 8)

        await until(pilot, lambda: line_of(app, "▌") > 0 and "w-0028" in screen_text(app))


@awaited
async def test_a_scroll_bar_below_does_not_hide_the_cursor() -> None:
    app = TableApp([Column("name", "NAME", 100)])
    async with app.run_test(size=SIZE) as pilot:
        app.rows.show([Row(str(number), (f"row {number}",)) for number in range(40)])
        await pilot.pause()
        await pilot.press("G")

        await until(pilot, lambda: line_of(app, "row 39") == SIZE[1] - 2)


@awaited
async def test_a_million_lazy_rows_cost_what_is_on_the_screen() -> None:
    source = Endless(1_000_000)
    app = TableApp()
    async with app.run_test(size=SIZE) as pilot:
        begin = time.perf_counter()
        app.rows.show(source)
        await pilot.press("G")
        await until(pilot, lambda: line_of(app, "999999") > 0)
        app.rows.show(Endless(999_000))  # the cursor's row is gone
        await until(pilot, lambda: line_of(app, "998999") > 0)

        assert time.perf_counter() - begin < 2
        assert app.rows.cursor_key == "998999"
        assert set(source.looked_at) <= {*range(30), *range(999_970, 1_000_000)}


@awaited
async def test_only_lines_that_changed_are_drawn_again() -> None:
    app = TableApp()
    async with app.run_test(size=SIZE) as pilot:
        app.rows.show(numbered(11))
        await pilot.pause()
        drawn: list[int] = []
        render_line = app.rows.render_line

        def noted(y: int) -> Strip:
            drawn.append(y)
            return render_line(y)

        app.rows.render_line = noted  # type: ignore[method-assign]

        app.rows.show(numbered(11))
        await pilot.pause()
        assert drawn == []
        app.rows.show([*numbered(6), row("w-0006", rate="9 MB/s"), *numbered(11)[7:]])
        await until(pilot, lambda: line_of(app, "9 MB/s") == 7)

        assert set(drawn) == {7}


@awaited
async def test_the_sentence_for_no_rows_stands_in_the_middle_and_goes() -> None:
    app = TableApp(empty="No workers are here.\n\nStart one:  hfdl")
    async with app.run_test(size=SIZE) as pilot:
        await until(pilot, lambda: line_of(app, "No workers are here.") == 5)
        assert line_of(app, "Start one:  hfdl") == 7
        app.rows.show(rows_of("a"))
        await until(pilot, lambda: line_of(app, "No workers") == -1)
        app.rows.set_empty('Nothing matches "\x1b[2J". esc clears.')
        app.rows.show([])
        await until(pilot, lambda: line_of(app, r'Nothing matches "\x1b[2J"') > 0)


@awaited
async def test_other_columns_take_the_place_of_the_first_ones() -> None:
    app = TableApp()
    async with app.run_test(size=SIZE) as pilot:
        app.rows.show(rows_of("a"))
        app.rows.set_columns([Column("only", "ONLY", 10)])
        app.rows.show([Row("a", ("new cell",))])

        await until(pilot, lambda: line_of(app, "ONLY") == 0 and line_of(app, "new cell") == 1)


def test_messages_name_their_table() -> None:
    rows = Rows([])

    assert rows.Chosen(rows, "a").control is rows
    assert rows.SortWanted(rows, "rate", reverse=True).control is rows
