"""What a large queue and texts of any length cost: no more than what is seen of them."""

import subprocess
import sys
import time

from hypothesis import given
from hypothesis import strategies as st
from rich.style import Style

from hfdl_core.models import JobId
from hfdl_tui.dashboard.table.rows_paint import Cursor, Look, Painter, Styles
from hfdl_tui.dashboard.view.drawing.glyphs import UNICODE
from hfdl_tui.dashboard.view.drawing.spans import cut
from hfdl_tui.dashboard.view.drawing.table import Column, Row
from hfdl_tui.dashboard.view.history import SpeedHistory
from hfdl_tui.dashboard.view.overview.job_rows import job_rows
from hfdl_tui.dashboard.view.short_ids import ShortIds
from hfdl_tui.dashboard.view.store import Store
from hfdl_tui.wording.printable import bounded, shorten
from tests.dashboard.fakes import a_job, a_view

LONG = "HTTP 503 from 日本: [x]\x1b " * 50_000  # a million characters
QUICK_SECONDS = 0.02


def processor_seconds(begun: float = 0.0) -> float:
    """Other tests share the machine."""
    return time.thread_time() - begun


def test_of_a_thousand_jobs_only_those_seen_become_rows() -> None:
    store = Store()
    store.apply(a_view([a_job(JobId(f"{number:032x}")) for number in range(1000)]))
    made: list[str] = []

    def is_pending(key: str) -> bool:
        made.append(key)
        return False

    rows = job_rows(store, UNICODE, is_pending=is_pending)

    assert len(rows) == 1000
    assert not made
    assert rows.row_at(3).key == rows.key_at(3) == f"{3:032x}"
    assert made == [f"{3:032x}"]
    assert rows.index_of(f"{999:032x}") == 999


@given(st.sets(st.text("ab", min_size=6, max_size=6), min_size=1))
def test_short_ids_tell_each_from_all_others(ids: set[str]) -> None:
    short = ShortIds(ids)

    for each in ids:
        alike = [other for other in ids if other.startswith(short.of(each))]
        shorter = [other for other in ids if other.startswith(short.of(each)[:-1])]
        assert alike == [each]
        assert len(short.of(each)) == 4 or len(shorter) > 1


def test_what_a_link_did_longer_ago_than_ten_minutes_is_forgotten() -> None:
    history = SpeedHistory()
    for speed in [*[9.0] * 60, *[1.0] * 590]:
        history.add(speed)
    assert history.best > 2

    for _ in range(60):
        history.add(1.0)

    assert history.best < 1.1
    assert len(history.recent) == 60


def test_short_ids_of_thousands_that_begin_alike_take_no_time() -> None:
    ids = [f"{number:032x}" for number in range(5000)]
    begun = processor_seconds()

    short = ShortIds(ids)

    assert [short.of(each) for each in ids[:100]] == [f"{number:032x}" for number in range(100)]
    assert processor_seconds(begun) < QUICK_SECONDS


def test_row_with_a_text_of_any_length_is_drawn_at_once() -> None:
    columns = (Column("path", "PATH", 30, shorten="middle"), Column("error", "ERROR", 40))
    styles = Styles(lambda _: Style.null(), lambda _: Style.null())
    painter = Painter(columns, UNICODE, styles, markable=False)
    painter.lay_out(80)
    look = Look(Row("a", (LONG, (LONG, "failed"))), Cursor.ELSEWHERE, is_marked=False)
    begun = processor_seconds()

    line = painter.row(look, is_stale=False)

    assert processor_seconds(begun) < QUICK_SECONDS
    assert line.text.count("…") == 2
    assert "HTTP 503 from 日本: [x]\\x1b" in line.text


def test_line_of_spans_with_a_text_of_any_length_is_cut_at_once() -> None:
    begun = processor_seconds()

    [(text, _)] = cut([(LONG, "")], 40)

    assert processor_seconds(begun) < QUICK_SECONDS
    assert text.startswith("HTTP 503 from 日本")
    assert text.endswith("\\x1b ")


@given(st.text(st.characters(categories=["Lu", "Nd", "Lo"]), max_size=400), st.integers(1, 20))
def test_what_is_left_out_of_a_bounded_text_is_never_seen(text: str, width: int) -> None:
    assert shorten(bounded(text, width), width) == shorten(text, width)
    assert len(bounded(text, width)) <= 16 * width


def test_dashboard_searches_for_garbage_only_in_what_is_new() -> None:
    """Nor does it load what only a README needs."""
    program = (
        "import gc, sys; gc.disable()\n"
        "import hfdl_tui.dashboard.opening\n"
        "from hfdl_tui.dashboard.garbage import keep_what_is_loaded, keep_what_was_made\n"
        "before = len(gc.get_objects()); keep_what_is_loaded()\n"
        "print(gc.isenabled(), gc.get_freeze_count() >= before > 50_000)\n"
        "kept = [[] for _ in range(1000)]; keep_what_was_made()\n"
        "print(gc.get_freeze_count() >= before + 1000, 'rich.markdown' in sys.modules)\n"
    )

    told = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=True
    )

    assert told.stdout.split() == ["True", "True", "True", "False"]
