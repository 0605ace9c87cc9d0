"""What a table shows, as values: columns, rows, and where rows come from; no textual."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Final, Literal, Protocol

from typing_extensions import override

Cell = str | tuple[str, str]  # a text, or a text with the name of its style

STYLES: Final = (
    "bold",
    "dim",
    "accent",
    "running",
    "idle",
    "done",
    "warn",
    "retry",
    "failed",
    "paused",
    "drain",
)


@dataclass(frozen=True, slots=True)
class Column:
    """One column; its width is in columns of the terminal and never follows the data."""

    key: str
    title: str
    width: int
    align: Literal["left", "right"] = "left"
    stretch: bool = False  # gets what is left over; at most one column of a table
    drop: int = 0  # when the table is too narrow, the highest goes first; 0 stays
    sortable: bool = True
    shorten: Literal["middle", "end"] = "end"  # where a text too long is cut; "middle" for paths


@dataclass(frozen=True, slots=True)
class Row:
    """One row; equal rows look equal, so do not change the cells of one that was handed over."""

    key: str  # no two rows of a table have the same
    cells: Sequence[Cell]  # in the order of the columns
    style: str = ""  # for every cell without a style of its own


class RowSource(Protocol):
    """Rows that are made when they are looked at; every call must be quick.

    A source is a picture of one moment: make a new one when rows come, go or change places.
    """

    def __len__(self) -> int: ...

    def key_at(self, index: int) -> str: ...

    def index_of(self, key: str) -> int | None:
        """None when no row has this key."""
        ...

    def row_at(self, index: int) -> Row: ...


class ListSource(RowSource):
    """Rows that exist already."""

    def __init__(self, rows: Iterable[Row]) -> None:
        self._rows: Final = tuple(rows)
        self._indices: Final = {row.key: index for index, row in enumerate(self._rows)}

    @override
    def __len__(self) -> int:
        return len(self._rows)

    @override
    def key_at(self, index: int) -> str:
        return self._rows[index].key

    @override
    def index_of(self, key: str) -> int | None:
        return self._indices.get(key)

    @override
    def row_at(self, index: int) -> Row:
        return self._rows[index]


class KeyedRows(RowSource):
    """Rows of things that have a key: each is made when it is first looked at."""

    def __init__(self, keys: Sequence[str], make: Callable[[int], Row]) -> None:
        """`make` gets the place of a key."""
        self._keys: Final = keys
        self._make: Final = make
        self._indices: Final = {key: index for index, key in enumerate(keys)}
        self._made: Final[dict[int, Row]] = {}

    @override
    def __len__(self) -> int:
        return len(self._keys)

    @override
    def key_at(self, index: int) -> str:
        return self._keys[index]

    @override
    def index_of(self, key: str) -> int | None:
        return self._indices.get(key)

    @override
    def row_at(self, index: int) -> Row:
        row = self._made.get(index)
        if row is None:
            row = self._made[index] = self._make(index)
        return row
