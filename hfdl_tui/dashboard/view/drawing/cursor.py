"""Which row the cursor is on: it belongs to a key while rows come, go and change places."""

from typing import Final

from hfdl_tui.dashboard.view.drawing.table import ListSource, RowSource

_FARTHEST_NEIGHBOUR: Final = 1000  # rows; a search of a million would hold up the screen


class RowCursor:
    """The index is that of the key in the source shown last; both None when it has no rows."""

    def __init__(self) -> None:
        self.source: RowSource = ListSource(())
        self.index: int | None = None
        self.key: str | None = None

    def follow(self, source: RowSource) -> int:
        """Keep to the key, or to its nearest neighbour; returns by how many rows that moved."""
        before, old = self.index, self.source
        self.source = source
        if not len(source):
            self.index = self.key = None
            return 0
        self.go(self._next_place(old, source))
        return 0 if before is None or self.index is None else self.index - before

    def go(self, index: int) -> None:
        """To this row, or to the first or last when there is none such."""
        if len(self.source):
            self.index = max(0, min(index, len(self.source) - 1))
            self.key = self.source.key_at(self.index)

    def _next_place(self, old: RowSource, new: RowSource) -> int:
        if self.key is None or self.index is None:
            return 0
        index = new.index_of(self.key)
        if index is not None:
            return index
        for distance in range(1, min(len(old), _FARTHEST_NEIGHBOUR)):
            for neighbour in (self.index + distance, self.index - distance):
                if 0 <= neighbour < len(old):
                    index = new.index_of(old.key_at(neighbour))
                    if index is not None:
                        return index
        return self.index
