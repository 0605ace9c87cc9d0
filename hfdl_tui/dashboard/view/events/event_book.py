"""The event log as far as this window has read it, in the order in which things happened."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Final, NamedTuple, overload

from typing_extensions import override

from hfdl_core.models import Event

MISSED: Final = "events_missed"


class Entry(NamedTuple):
    number: int  # of its arrival; stays the same while others come and go
    event: Event


class EventBook(Sequence[Event]):
    """Holds the newest `most`; what is told again, as after a lost connection, is there once."""

    def __init__(self, most: int) -> None:
        self._most: Final = most
        self._entries: list[Entry] = []
        self._told: set[Event] = set()  # by the queue; a remark may be made twice
        self.arrived = 0  # ever

    def add(self, events: Iterable[Event], missed: int = 0) -> None:
        """What a look told, oldest first; `missed` ones were gone before they could be read."""
        news = [event for event in events if event not in self._told]
        self._told.update(news)
        self._write([_gap(news[0], missed), *news] if missed and news else news)

    def remark(self, event: Event) -> None:
        """Something of this window's own."""
        self._write([event])

    def _write(self, events: Sequence[Event]) -> None:
        """A log that was not read before may be older than what is there."""
        last = self._entries[-1].event.at if self._entries else None
        self._entries += [Entry(self.arrived + at, event) for at, event in enumerate(events)]
        self.arrived += len(events)
        if events and last is not None and events[0].at < last:
            self._entries.sort(key=_happened_at)
        for entry in self._entries[: -self._most]:
            self._told.discard(entry.event)
        del self._entries[: -self._most]

    @property
    def entries(self) -> Sequence[Entry]:
        """Oldest first; not to be changed."""
        return self._entries

    @override
    def __len__(self) -> int:
        return len(self._entries)

    @overload
    def __getitem__(self, index: int) -> Event: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Event]: ...
    @override
    def __getitem__(self, index: int | slice) -> Event | Sequence[Event]:
        if isinstance(index, slice):
            return [entry.event for entry in self._entries[index]]
        return self._entries[index].event


def _happened_at(entry: Entry) -> datetime:
    return entry.event.at


def _gap(next_event: Event, missed: int) -> Event:
    events = "1 event" if missed == 1 else f"{missed:,} events"
    return Event(
        event_id="",
        at=next_event.at,
        job_id=next_event.job_id,
        kind=MISSED,
        text=f"{events} missed: more were written than the log keeps",
    )
