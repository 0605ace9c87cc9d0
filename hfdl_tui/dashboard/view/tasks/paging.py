"""Which page of a long list is looked at: the server sends no more than that."""

from dataclasses import dataclass, replace
from typing import Final

from hfdl_tui.wording import figures

LEAST_ROWS: Final = 50  # a page is no shorter than that, however small the screen is
MOST_ROWS: Final = 200


@dataclass(frozen=True, slots=True)
class Paging:
    """Rows [offset, offset + limit) of the list."""

    offset: int = 0
    limit: int = LEAST_ROWS

    def for_pane(self, rows: int) -> "Paging":
        """As long as the pane is high, within bounds; begins where it began."""
        return replace(self, limit=max(LEAST_ROWS, min(rows, MOST_ROWS)))

    def after(self, total: int) -> "Paging | None":
        """The next page; None when this is the last one."""
        offset = self.offset + self.limit
        return replace(self, offset=offset) if offset < total else None

    def before(self) -> "Paging | None":
        """The page before; None when this is the first one."""
        return replace(self, offset=max(0, self.offset - self.limit)) if self.offset else None

    def within(self, total: int) -> "Paging":
        """The same, or the last page when the list has become shorter than its beginning."""
        if self.offset < max(1, total):
            return self
        return replace(self, offset=max(0, total - 1) // self.limit * self.limit)

    def words(self, shown: int, total: int) -> str:
        """Such as `51-100 of 12,345`; a list that is one page only needs no words."""
        if not self.offset and total <= self.limit:
            return ""
        first, last = figures.count(self.offset + 1), figures.count(self.offset + shown)
        return f"{first}–{last} of {figures.count(max(total, self.offset + shown))}"
