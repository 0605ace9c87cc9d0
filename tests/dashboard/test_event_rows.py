"""How an event is put into words."""

import pytest

from hfdl_tui.dashboard.view.drawing.glyphs import ASCII, UNICODE
from hfdl_tui.dashboard.view.events.event_kinds import event_sign, event_words, worker_of
from hfdl_tui.dashboard.view.events.event_rows import event_line
from tests.dashboard.fakes import an_event


@pytest.mark.parametrize(
    ("kind", "text", "words"),
    [
        ("job_sealed", "1024 files, 300000000000 bytes", "job planned: 1,024 files, 300.0 GB"),
        ("stolen", "33554432 bytes from w-01/1f6c0b2a", "took over: 33.6 MB from w-01"),
        ("lease_expired", "2024-pc/1f6c0b2a went silent", "work taken back: 2024-pc went silent"),
        (
            "task_failed",
            "HTTP 404: 4096 bytes at /aaaabbbb",
            "failed: HTTP 404: 4096 bytes at /aaaabbbb",
        ),
        ("requeued", "5 failed tasks back to the queue", "5 failed tasks back to the queue"),
        ("of_a_newer_hfdl", "", "of a newer hfdl"),
    ],
)
def test_words(kind: str, text: str, words: str) -> None:
    assert event_words(an_event(text, kind=kind)) == words


def test_a_worker_is_called_by_its_id_whatever_the_log_calls_it() -> None:
    assert worker_of(an_event(worker="w-07/1f6c0b2a")) == "w-07"
    assert worker_of(an_event(worker="w-07")) == "w-07"


@pytest.mark.parametrize("kind", ["task_failed", "worker_left", "events_missed", "unheard_of", ""])
def test_every_kind_has_a_sign_of_one_column(kind: str) -> None:
    assert len(event_sign(kind, UNICODE).glyph) == 1
    assert event_sign(kind, ASCII).glyph.isascii()


def test_a_saved_line_is_one_line() -> None:
    line = event_line(an_event("two\nlines", path="a\x1b[2J", worker="w-01"))

    assert line.endswith("job_created  two\\nlines  a\\x1b[2J  (w-01)")
