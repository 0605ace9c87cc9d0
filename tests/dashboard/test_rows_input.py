"""The table under the user's hands: keys, mouse, sorting, and keys that are none of its own."""

import time

import pytest
from textual import events
from textual.binding import Binding

from hfdl_tui.dashboard.table.rows import Column, Row, Rows
from tests.dashboard.screen import awaited, screen_text, until
from tests.dashboard.tables import TableApp, numbered, rows_of

SIZE = (60, 12)


@pytest.mark.parametrize(
    ("keys", "expected"),
    [
        (["down"], "w-0001"),
        (["j", "j", "k"], "w-0001"),
        (["up"], "w-0000"),
        (["pagedown"], "w-0010"),
        (["pagedown", "pageup"], "w-0000"),
        (["G"], "w-0099"),
        (["end", "down"], "w-0099"),
        (["G", "g"], "w-0000"),
        (["end", "home"], "w-0000"),
    ],
)
def test_keys_move_the_cursor_and_it_is_seen(keys: list[str], expected: str) -> None:
    @awaited
    async def pressed() -> None:
        app = TableApp()
        async with app.run_test(size=SIZE) as pilot:
            app.rows.show(numbered(100))
            await pilot.pause()
            begin = time.monotonic()
            await pilot.press(*keys)

            assert app.rows.cursor_key == expected
            assert app.rows.cursor_moved_at >= begin
            await until(pilot, lambda: f"▌  ●  {expected}" in screen_text(app))

    pressed()


@awaited
async def test_space_marks_and_moves_down_and_capital_u_takes_all_marks_away() -> None:
    app = TableApp()
    async with app.run_test(size=SIZE) as pilot:
        app.rows.show(rows_of("a", "b", "c"))
        await pilot.press("space", "space")
        assert app.rows.marks == {"a", "b"}
        assert app.rows.cursor_key == "c"
        await until(pilot, lambda: " > ●  a" in screen_text(app))

        await pilot.press("k", "space")
        assert app.rows.marks == {"a"}
        await pilot.press("a")
        assert app.rows.marks == {"a", "b", "c"}
        await pilot.press("U", "U")
        assert app.rows.marks == frozenset()
        await pilot.pause()

        assert sum(isinstance(told, Rows.MarksChanged) for told in app.told) == 5


@awaited
async def test_a_table_without_marks_leaves_their_keys_to_its_page() -> None:
    app = TableApp(markable=False)
    async with app.run_test(size=SIZE) as pilot:
        app.rows.show(rows_of("a", "b"))
        await pilot.press("space", "a", "left")

        assert app.left_over == ["space", "a", "left"]
        assert app.rows.marks == frozenset()
        assert app.rows.cursor_key == "a"


@awaited
async def test_enter_and_a_double_click_choose() -> None:
    app = TableApp()
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("enter")  # nothing to choose
        app.rows.show(rows_of("a", "b", "c"))
        await pilot.press("down", "enter")
        await pilot.click(Rows, offset=(8, 3), times=2)
        await pilot.pause()

        assert [told.key for told in app.told if isinstance(told, Rows.Chosen)] == ["b", "c"]


@awaited
async def test_a_click_moves_the_cursor_and_in_the_mark_column_marks() -> None:
    app = TableApp()
    async with app.run_test(size=SIZE) as pilot:
        app.rows.show(rows_of("a", "b", "c"))
        await pilot.click(Rows, offset=(10, 2))
        assert app.rows.cursor_key == "b"
        await pilot.click(Rows, offset=(1, 3))
        assert app.rows.cursor_key == "c"
        assert app.rows.marks == {"c"}
        await pilot.click(Rows, offset=(10, 8))  # below the rows

        assert app.rows.cursor_key == "c"


@awaited
async def test_the_wheel_scrolls_and_leaves_the_cursor_where_it_is() -> None:
    app = TableApp()
    async with app.run_test(size=SIZE) as pilot:
        app.rows.show(numbered(100))
        await pilot.pause()
        await pilot._post_mouse_events([events.MouseScrollDown], widget=app.rows, offset=(5, 5))
        await until(pilot, lambda: app.rows.scroll_offset.y > 0)

        assert app.rows.cursor_key == "w-0000"
        await pilot.click(Rows, offset=(10, 1))
        assert app.rows.cursor_key == f"w-{app.rows.scroll_offset.y:04}"


@awaited
async def test_a_click_on_a_header_asks_for_its_order_and_again_for_the_other_way() -> None:
    app = TableApp()
    async with app.run_test(size=SIZE) as pilot:
        app.rows.show(rows_of("a", "b"))
        await pilot.pause()
        await pilot.click(Rows, offset=(4, 0))  # the state, which has no order
        await pilot.click(Rows, offset=(7, 0))
        app.rows.sort_key = "name"
        await pilot.click(Rows, offset=(7, 0))
        app.rows.sort_reverse = True
        await pilot.click(Rows, offset=(7, 0))
        await pilot.pause()

        assert app.sorts() == [("name", False), ("name", True), ("name", False)]
        assert app.rows.cursor_key == "a"
        await until(pilot, lambda: "NAME ▼" in screen_text(app))
        app.rows.sort_reverse = False
        await until(pilot, lambda: "NAME ▲" in screen_text(app))


@awaited
async def test_keys_ask_for_the_order_of_the_column_beside() -> None:
    app = TableApp()
    async with app.run_test(size=SIZE) as pilot:
        app.rows.show(rows_of("a", "b"))
        await pilot.press("I", ">")
        app.rows.sort_key, app.rows.sort_reverse = "host", True
        await pilot.press(">", "<", "I")
        app.rows.sort_key = "name"
        await pilot.press("<")  # nothing to the left of it can be sorted
        await pilot.pause()

        assert app.sorts() == [("name", False), ("rate", True), ("name", True), ("host", False)]


@awaited
async def test_left_and_right_scroll_a_table_that_is_wider_than_the_screen() -> None:
    app = TableApp([Column("name", "NAME", 70), Column("end", "THE-END", 10)], markable=False)
    async with app.run_test(size=SIZE) as pilot:
        app.rows.show([Row("a", ("x", "y"))])
        await pilot.pause()
        assert "THE-END" not in screen_text(app)
        await pilot.press("right", "l", "right", "right")
        await until(pilot, lambda: "THE-END" in screen_text(app))
        await pilot.press("left", "h", "left", "left")
        await until(pilot, lambda: "NAME" in screen_text(app))

        assert app.left_over == []


@awaited
async def test_the_cursor_is_told_apart_without_focus_and_without_colour() -> None:
    app = TableApp()
    async with app.run_test(size=SIZE) as pilot:
        app.rows.show(rows_of("a", "b"))
        await until(pilot, lambda: "▌  ●  a" in screen_text(app))
        app.set_focus(None)

        await until(pilot, lambda: "▏  ●  a" in screen_text(app))


def test_every_key_can_be_remapped_and_explains_itself() -> None:
    bindings = [binding for binding in Rows.BINDINGS if isinstance(binding, Binding)]

    assert len(bindings) == len(Rows.BINDINGS)
    assert all(binding.id and binding.tooltip and not binding.show for binding in bindings)
    assert len({binding.id for binding in bindings}) == len(bindings)
