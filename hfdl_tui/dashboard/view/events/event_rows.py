"""The event log as rows of a table, each made when it is looked at."""

from collections.abc import Sequence
from typing import Final

from typing_extensions import override

from hfdl_core.models import Event, JobId
from hfdl_tui.dashboard.view.drawing.glyphs import Glyphs
from hfdl_tui.dashboard.view.drawing.spans import Spans
from hfdl_tui.dashboard.view.drawing.table import Column, Row, RowSource
from hfdl_tui.dashboard.view.events.event_book import Entry, EventBook
from hfdl_tui.dashboard.view.events.event_kinds import event_sign, event_words, is_own, worker_of
from hfdl_tui.dashboard.view.filter_text import TextFilter
from hfdl_tui.wording.printable import printable

# From so many columns of the terminal on: the worker's name, the path.
_WIDTHS: Final = ((150, (20, 48)), (100, (14, 32)), (76, (12, 20)))
_NARROWEST: Final = (10, 12)
_OWN: Final = "this window"


def columns_for(width: int) -> tuple[Column, ...]:
    """What is left over goes to what happened."""
    name, path = next((sizes for least, sizes in _WIDTHS if width >= least), _NARROWEST)
    return (
        Column("time", "TIME", 8, sortable=False),
        Column("sign", "S", 1, sortable=False),
        Column("worker", "WORKER", name, sortable=False, shorten="middle"),
        Column("what", "WHAT", 20, stretch=True, sortable=False),
        Column("path", "FILE", path, sortable=False, drop=1, shorten="middle"),
    )


def events_shown(book: EventBook, job_id: JobId | None, wanted: TextFilter | None) -> list[Entry]:
    """Those of the fleet and of the job that is looked at, that the filter lets pass."""
    here = {"", job_id or ""}
    entries = [entry for entry in book.entries if entry.event.job_id in here]
    if wanted is None:
        return entries
    return [entry for entry in entries if wanted.lets_pass(_searched(entry.event))]


class EventRows(RowSource):
    """Oldest first; an entry's number is its key."""

    def __init__(self, entries: Sequence[Entry], glyphs: Glyphs) -> None:
        self._entries: Final = entries
        self._glyphs: Final = glyphs
        self._places: dict[str, int] | None = None

    @override
    def __len__(self) -> int:
        return len(self._entries)

    @override
    def key_at(self, index: int) -> str:
        return str(self._entries[index].number)

    @override
    def index_of(self, key: str) -> int | None:
        if self._places is None:
            self._places = {str(entry.number): at for at, entry in enumerate(self._entries)}
        return self._places.get(key)

    @override
    def row_at(self, index: int) -> Row:
        number, event = self._entries[index]
        sign = event_sign(event.kind, self._glyphs)
        at = event.at.astimezone().strftime("%H:%M:%S")
        return Row(
            str(number),
            (
                (at, "dim"),
                sign.cell,
                _OWN if is_own(event) and not event.worker else worker_of(event),
                (event_words(event), "bold" if sign.style == "failed" else ""),
                (event.path, "dim"),
            ),
        )

    def event_of(self, key: str | None) -> Event | None:
        place = None if key is None else self.index_of(key)
        return None if place is None else self._entries[place].event

    @property
    def last_key(self) -> str | None:
        return self.key_at(len(self) - 1) if len(self) else None


def event_whole(event: Event, glyphs: Glyphs) -> list[Spans]:
    """For a dialog that scrolls: nothing is cut."""
    sign = event_sign(event.kind, glyphs)
    facts = (
        ("at", event.at.astimezone().strftime("%Y-%m-%d %H:%M:%S")),
        ("worker", event.worker),
        ("job", event.job_id),
        ("file", event.path),
        ("kind", f"{event.kind} (this window's own remark)" if is_own(event) else event.kind),
    )
    told: Spans = [sign.cell, (f" {event_words(event)}", "bold")]
    return [told, [], *([(f"{name:<8}", "dim"), (text, "")] for name, text in facts if text)]


def event_line(event: Event) -> str:
    """As `hfdl events` prints it: one line, whatever is in it."""
    at = event.at.astimezone().strftime("%Y-%m-%d %H:%M:%S")
    parts = [at, event.kind, event.text, event.path, event.worker and f"({event.worker})"]
    return "  ".join(printable(part) for part in parts if part)


def _searched(event: Event) -> str:
    return f"{event.worker} {event.kind} {event_words(event)} {event.path}"
