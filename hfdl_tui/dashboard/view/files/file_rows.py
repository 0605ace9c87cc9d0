"""Files and folders of a repo as rows of a table; only those that are looked at are made."""

from typing import Final, Protocol

from typing_extensions import override

from hfdl_tui.dashboard.view.drawing.glyphs import Glyphs
from hfdl_tui.dashboard.view.drawing.table import Cell, Column, Row, RowSource
from hfdl_tui.dashboard.view.files.selection import Marked, Selection
from hfdl_tui.dashboard.view.files.tree_rows import SortBy, TreeRow
from hfdl_tui.wording import figures

MARK_COLUMN: Final = "mark"
FILE_COLUMNS: Final = (
    Column(MARK_COLUMN, "SEL", 3, sortable=False),
    Column(SortBy.NAME, "NAME", 24, stretch=True, shorten="middle"),
    Column(SortBy.SIZE, "SIZE", 9, "right"),
    Column(SortBy.FILES, "FILES", 9, "right", drop=1),
)
_INDENT: Final = "  "
_DEEPEST: Final = 8  # steps of indentation: a name needs room, too


class Listed(Protocol):
    """Rows of a tree, or what a filter found."""

    def __len__(self) -> int: ...

    def key_at(self, index: int) -> str: ...

    def index_of(self, key: str) -> int | None: ...

    def tree_row_at(self, index: int) -> TreeRow: ...


class FileSource(RowSource):
    """`selection` is over the same index as the rows."""

    def __init__(self, listed: Listed, selection: Selection, glyphs: Glyphs) -> None:
        self._listed = listed
        self._selection = selection
        self._glyphs = glyphs

    @override
    def __len__(self) -> int:
        return len(self._listed)

    @override
    def key_at(self, index: int) -> str:
        return self._listed.key_at(index)

    @override
    def index_of(self, key: str) -> int | None:
        """Of what lies in a closed folder, that folder: there the cursor goes."""
        index = self._listed.index_of(key)
        while index is None and "/" in key.rstrip("/"):
            key = f"{key.rstrip('/').rpartition('/')[0]}/"
            index = self._listed.index_of(key)
        return index

    @override
    def row_at(self, index: int) -> Row:
        row = self._listed.tree_row_at(index)
        size, name = figures.size(row.size), self._name(row)
        if row.is_folder:
            return Row(row.key, (self._mark(row), name, size, figures.count(row.files)))
        return Row(row.key, (self._mark(row), name, size, ""))

    def _mark(self, row: TreeRow) -> Cell:
        picked = self._selection
        marked = picked.of_folder(row.number) if row.is_folder else picked.of_file(row.number)
        match marked:
            case Marked.ALL:
                return self._glyphs.picked, "accent"
            case Marked.SOME:
                return self._glyphs.partly, "accent"
            case Marked.NONE:
                return self._glyphs.unpicked, "dim"

    def _name(self, row: TreeRow) -> str:
        indent = _INDENT * min(row.depth, _DEEPEST)
        if row.is_folder:
            sign = self._glyphs.opened if row.is_open else self._glyphs.closed
            return f"{indent}{sign} {row.name}"
        return f"{indent}{_INDENT}{row.name}"
