"""A tiny app around one table, and rows for it."""

from collections.abc import Sequence

from textual.app import ComposeResult
from textual.message import Message
from typing_extensions import override

from hfdl_tui.dashboard.table.rows import Column, Row, Rows, RowSource
from hfdl_tui.dashboard.themes import ThemedApp
from hfdl_tui.dashboard.view.drawing.glyphs import UNICODE, Glyphs

COLUMNS = (
    Column("state", "S", 2, sortable=False),
    Column("name", "NAME", 12, stretch=True, shorten="middle"),
    Column("host", "HOST", 10, drop=1),
    Column("rate", "RATE", 8, "right", drop=2),
)


def row(key: str, name: str | None = None, rate: str = "1 MB/s", style: str = "") -> Row:
    return Row(key, (("●", "running"), key if name is None else name, f"on-{key}", rate), style)


def rows_of(*keys: str) -> list[Row]:
    return [row(key) for key in keys]


def numbered(count: int) -> list[Row]:
    return [row(f"w-{number:04}") for number in range(count)]


class Endless(RowSource):
    """A source of rows that exist only while they are looked at; remembers which were."""

    def __init__(self, count: int) -> None:
        self._count = count
        self.looked_at: list[int] = []

    @override
    def __len__(self) -> int:
        return self._count

    @override
    def key_at(self, index: int) -> str:
        return str(index)

    @override
    def index_of(self, key: str) -> int | None:
        return int(key) if int(key) < self._count else None

    @override
    def row_at(self, index: int) -> Row:
        self.looked_at.append(index)
        return row(str(index))


class TableApp(ThemedApp[None]):
    """Remembers what the table told, and which keys the table left to its page."""

    BINDINGS = [  # noqa: RUF012 - Textual's way of saying it
        (key, f"left_over('{key}')", "of the page") for key in ("space", "a", "left")
    ]

    def __init__(
        self,
        columns: Sequence[Column] = COLUMNS,
        *,
        markable: bool = True,
        empty: str = "",
        glyphs: Glyphs = UNICODE,
    ) -> None:
        super().__init__()
        self.rows = Rows(columns, markable=markable, empty=empty, glyphs=glyphs, id="table")
        self.told: list[Message] = []
        self.left_over: list[str] = []

    @override
    def compose(self) -> ComposeResult:
        yield self.rows

    def action_left_over(self, key: str) -> None:
        self.left_over.append(key)

    def on_rows_highlighted(self, event: Rows.Highlighted) -> None:
        self.told.append(event)

    def on_rows_chosen(self, event: Rows.Chosen) -> None:
        self.told.append(event)

    def on_rows_marks_changed(self, event: Rows.MarksChanged) -> None:
        self.told.append(event)

    def on_rows_sort_wanted(self, event: Rows.SortWanted) -> None:
        self.told.append(event)

    def sorts(self) -> list[tuple[str, bool]]:
        return [(t.column, t.reverse) for t in self.told if isinstance(t, Rows.SortWanted)]

    def highlights(self) -> list[str | None]:
        return [t.key for t in self.told if isinstance(t, Rows.Highlighted)]
