"""The log of this window: in the order of what happened, each thing once, and bounded."""

from datetime import UTC, datetime

from hfdl_core.models import Event
from hfdl_tui.dashboard.view.events.event_book import MISSED, EventBook
from tests.dashboard.fakes import NOW, an_event


def at(second: int, text: str = "", job: str = "job") -> Event:
    return an_event(
        text or f"at {second}",
        event_id=f"{second}-0",
        job_id=job,
        at=datetime.fromtimestamp(NOW + second, UTC),
    )


def texts(book: EventBook) -> list[str]:
    return [event.text for event in book]


def test_what_is_told_again_after_a_lost_connection_is_there_once() -> None:
    book = EventBook(100)
    book.add([at(1), at(2)])
    book.add([at(1), at(2), at(3)])

    assert texts(book) == ["at 1", "at 2", "at 3"]
    assert book.arrived == 3


def test_the_log_of_a_job_that_is_looked_at_later_goes_between_the_others() -> None:
    book = EventBook(100)
    book.add([at(1, "fleet 1"), at(5, "fleet 5")])
    numbers = {entry.event.text: entry.number for entry in book.entries}
    book.add([at(0, "job 0"), at(3, "job 3"), at(6, "job 6")])

    assert texts(book) == ["job 0", "fleet 1", "job 3", "fleet 5", "job 6"]
    for entry in book.entries:
        assert entry.number == numbers.get(entry.event.text, entry.number)
    assert sorted(entry.number for entry in book.entries) == [0, 1, 2, 3, 4]


def test_only_the_newest_are_kept_and_what_went_may_come_again() -> None:
    book = EventBook(3)
    book.add([at(second) for second in range(6)])
    assert texts(book) == ["at 3", "at 4", "at 5"]
    assert book.arrived == 6

    book.add([at(6)])
    book.add([at(3)])
    assert texts(book) == ["at 4", "at 5", "at 6"], "older than all that is kept"
    book.add([at(7)])
    assert texts(book) == ["at 5", "at 6", "at 7"]


def test_a_gap_stands_where_it_is() -> None:
    book = EventBook(100)
    book.add([at(1)])
    book.add([at(9)], missed=1234)

    kinds = [event.kind for event in book]
    assert kinds[1] == MISSED
    assert texts(book)[1].startswith("1,234 events missed")
    assert texts(book)[2] == "at 9"


def test_a_remark_may_be_made_twice() -> None:
    book = EventBook(100)
    book.remark(at(1, "no such worker"))
    book.remark(at(1, "no such worker"))

    assert texts(book) == ["no such worker", "no such worker"]
    assert [event.text for event in book[-1:]] == ["no such worker"]
