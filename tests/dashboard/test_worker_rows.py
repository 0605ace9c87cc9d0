"""What the table of workers says of each, and in which order."""

from collections.abc import Sequence
from typing import Any

import pytest

from hfdl_core.models import CurrentTask, WorkerState, WorkerView
from hfdl_core.task_id import BatchWork, FileWork, RangeWork
from hfdl_tui.dashboard.view.drawing.columns import place
from hfdl_tui.dashboard.view.drawing.glyphs import ASCII, UNICODE, Glyphs
from hfdl_tui.dashboard.view.drawing.spans import plain, width_of
from hfdl_tui.dashboard.view.store import Store, key_of
from hfdl_tui.dashboard.view.workers.rate_of_cap import rate_of_cap
from hfdl_tui.dashboard.view.workers.worker_detail import start_again, worker_pane, worker_whole
from hfdl_tui.dashboard.view.workers.worker_order import WorkerOrder, natural
from hfdl_tui.dashboard.view.workers.worker_rows import WorkerFacts, WorkerRows, columns_for
from hfdl_tui.dashboard.view.workers.worker_tasks import KnownFiles, short_name
from hfdl_tui.dashboard.view.workers.worker_words import to_drain, why_no_drain
from tests.dashboard.fakes import (
    GB,
    JOB,
    MB,
    NOW,
    a_file,
    a_job,
    a_task_in_hand,
    a_view,
    a_worker,
    an_event,
)


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


def a_store(workers: Sequence[WorkerView], **changes: Any) -> Store:
    store = Store(Clock())
    store.choose(JOB)
    view = a_view([a_job()], workers, files=(a_file(size=5 * GB),), **changes)
    store.apply(view)
    return store


def rows_of(store: Store, glyphs: Glyphs = UNICODE, minute: int = 6) -> WorkerRows:
    facts = WorkerFacts(store, glyphs, minute, lambda _key: False, KnownFiles.of(store))
    return WorkerRows(store.workers, facts)


def cells_of(worker: WorkerView, **changes: Any) -> dict[str, str]:
    row = rows_of(a_store([worker], **changes)).row_at(0)
    texts = [cell if isinstance(cell, str) else cell[0] for cell in row.cells]
    return dict(zip([column.key for column in columns_for(120)], texts, strict=True))


def a_range(begin: int, end: int, **changes: Any) -> CurrentTask:
    """In megabytes."""
    task_id = RangeWork(0, 0, begin * MB, end * MB).task_id
    return a_task_in_hand(task_id=task_id, begin=begin * MB, end=end * MB, **changes)


def test_work_is_named_with_its_place_in_the_file() -> None:
    tasks = (a_range(1900, 1964), a_range(1964, 2000), a_range(2000, 2050))

    assert cells_of(a_worker(tasks=tasks))["now"] == "model-00001 38-41 % · 3 ranges"
    assert cells_of(a_worker(tasks=tasks[:1]))["now"] == "model-00001 38-39 %"


def test_a_file_whose_size_nobody_told_is_shown_in_bytes() -> None:
    task = a_range(64, 128, path="a/other.bin")

    assert cells_of(a_worker(tasks=(task,)))["now"] == "other.bin 64-128 MB"


def test_whole_files_show_how_far_and_batches_how_many() -> None:
    file = FileWork(3, 0, 4 * MB).task_id
    batch = BatchWork(0, 0, 512, 9000).task_id
    whole = a_task_in_hand(task_id=file, path="x/train.bin", begin=0, end=4 * MB, position=MB)
    small = a_task_in_hand(task_id=batch, path="x/1.txt", begin=0, end=90, position=9)

    assert cells_of(a_worker(tasks=(whole,)))["now"] == "train.bin 25 %"
    assert cells_of(a_worker(tasks=(small,)))["now"] == "1.txt · 512 small files"
    assert cells_of(a_worker(tasks=(whole, small)))["now"] == "train.bin 25 %, 1.txt · 2 tasks"


def test_what_no_worker_of_ours_would_tell_is_shown_all_the_same() -> None:
    odd = a_task_in_hand(task_id="b:nonsense", path="///", begin=5, end=2, position=-1)

    assert cells_of(a_worker(tasks=(odd,)))["now"] == "///"


@pytest.mark.parametrize(
    ("changes", "sign", "now"),
    [
        ({"status": WorkerState.IDLE, "tasks": ()}, "○", "idle"),
        ({"status": WorkerState.STARTING, "tasks": ()}, "○", "starting"),
        (
            {"status": WorkerState.STEPPED_ASIDE, "reason": "no access, set HF_TOKEN there"},
            "▲",
            "stepped aside: no access, set HF_TOKEN there",
        ),
        (
            {"status": WorkerState.LATE, "last_heartbeat_seconds_ago": 8.4, "tasks": ()},
            "▲",
            "late, silent for 8.4 s",
        ),
        ({"status": WorkerState.DRAINING}, "◌", "draining: 1 task left"),
        (
            {"status": WorkerState.DRAINING, "tasks": ()},
            "◌",
            "draining: nothing left, can be stopped",
        ),
        (
            {"status": WorkerState.LOST, "last_heartbeat_seconds_ago": 17520},
            "✗",
            "LOST 4 h 52 m ago · its work went to others",
        ),
        ({"status": WorkerState.LEFT, "reason": "stopped"}, "○", "left: stopped"),
        (
            {"status": WorkerState.DUPLICATE},
            "▲",
            "two have this name: start one with another --worker-id",
        ),
    ],
)
def test_every_state_is_told_apart_by_sign_and_words(
    changes: dict[str, Any], sign: str, now: str
) -> None:
    cells = cells_of(a_worker(**changes))

    assert (cells["state"], cells["now"]) == (sign, now)


def test_one_that_was_asked_to_drain_and_has_not_heard_of_it_drains_already() -> None:
    cells = cells_of(a_worker("w-01"), draining=frozenset({"w-01"}))

    assert (cells["state"], cells["now"]) == ("◌", "draining: 1 task left")


@pytest.mark.parametrize(
    ("rate", "cap", "words"),
    [
        (970_000, MB, "0.97 / 1.0 MB/s"),
        (1_940_000, 1_940_000, "1.94 / 1.94 MB/s"),
        (9_970_000, 10 * MB, "9.97 / 10.0 MB/s"),
        (3 * GB, 3 * GB, "3.00 / 3.0 GB/s"),
        (0, MB, "— / 1.0 MB/s"),
        (0, 0, "—"),
        (999_499_999_999, 999_499_999_999, "999 / 999 GB/s"),
    ],
)
def test_speed_and_cap_share_a_unit(rate: float, cap: float, words: str) -> None:
    assert rate_of_cap(rate, cap, "—") == words
    assert len(words) <= 16


def test_a_steady_speed_is_as_high_as_a_row_allows() -> None:
    worker = a_worker(throughput_bytes_per_second=3.0 * GB, limit_bytes_per_second=None)
    store = a_store([worker])
    for _ in range(60):
        store.history(worker).add(3.0 * GB)

    row = rows_of(store).row_at(0)

    assert row.cells[7] == ("▇" * 6, "running")
    assert row.cells[5] == ("3.00 / 3.0 GB/s", "")


@pytest.mark.parametrize("wrong_by", [-3600.0, 3600.0])
def test_ages_are_right_whatever_the_local_clock_says(
    wrong_by: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("time.time", lambda: NOW + wrong_by)
    clock = Clock()
    store = Store(clock)
    store.apply(a_view(workers=[a_worker(last_heartbeat_seconds_ago=0.6)]))
    clock.now += 1.5

    row = rows_of(store).row_at(0)

    assert row.cells[8] == ("2.1 s", "")
    assert "last heartbeat 2.1 s ago" in plain(worker_whole(store, store.workers[0], UNICODE)[1])


def test_trouble_comes_first_then_the_names_as_people_count() -> None:
    workers = [
        a_worker("w-10"),
        a_worker("w-2"),
        a_worker("w-left", status=WorkerState.LEFT),
        a_worker("w-drain", status=WorkerState.DRAINING),
        a_worker("w-late", status=WorkerState.LATE),
        a_worker("w-aside", status=WorkerState.STEPPED_ASIDE),
        a_worker("w-lost", status=WorkerState.LOST),
    ]
    store = a_store(workers)

    ordered = [each.worker_id for each in WorkerOrder().of(store, workers, hold=False)]

    expected = ["w-lost", "w-aside", "w-late", "w-drain", "w-2", "w-10", "w-left"]
    assert ordered == expected


def test_nobody_changes_places_while_held_and_the_new_stand_at_the_end() -> None:
    order = WorkerOrder()
    order.by, order.reverse = "errors", True
    first = [a_worker("a", errors=1), a_worker("b", errors=5), a_worker("c", errors=3)]
    store = a_store(first)
    assert [each.worker_id for each in order.of(store, first, hold=False)] == ["b", "c", "a"]

    then = [a_worker("a", errors=9), a_worker("c", errors=7), a_worker("d", errors=8)]
    assert [each.worker_id for each in order.of(store, then, hold=True)] == ["c", "a", "d"]
    assert [each.worker_id for each in order.of(store, then, hold=False)] == ["a", "d", "c"]


def test_names_that_are_no_names_can_be_sorted() -> None:
    odd = ["", "7", "w", "w-2", "w-10", "٣٣", "9" * 5000, "w-" + "1" * 40]

    assert next(text for text in sorted(odd, key=natural) if text.startswith("w-")) == "w-2"
    assert len(sorted(odd, key=natural)) == len(odd)


def test_a_row_is_made_once_and_found_by_its_key() -> None:
    workers = [a_worker(f"w-{number}") for number in range(500)]
    rows = rows_of(a_store(workers))

    assert rows.row_at(3) is rows.row_at(3)
    assert len(rows) == 500
    assert rows.index_of(key_of(workers[317])) == 317
    assert rows.worker_of("nobody") is None


@pytest.mark.parametrize("width", [59, 60, 79, 80, 100, 120, 160, 200])
def test_columns_leave_room_for_what_they_do(width: int) -> None:
    placed = place(columns_for(width), 3, width)

    assert placed[-1].x + placed[-1].width <= width
    widths = {each.column.key: each.width for each in placed}
    assert widths["now"] >= (17 if width < 76 else 26)
    assert {"state", "worker", "now", "rate"} <= widths.keys()


def test_ascii_terminals_get_ascii() -> None:
    workers = [
        a_worker("w-1", tasks=(a_range(0, 64), a_range(64, 99))),
        a_worker("w-2", status=WorkerState.LOST),
        a_worker("w-3", status=WorkerState.IDLE, tasks=(), throughput_bytes_per_second=0),
    ]
    store = a_store(workers)
    rows = rows_of(store, ASCII)

    for index in range(3):
        for cell in rows.row_at(index).cells:
            assert (cell if isinstance(cell, str) else cell[0]).isascii()


def test_draining_twice_takes_it_back() -> None:
    workers = [a_worker("w-1"), a_worker("w-2"), a_worker("w-7", status=WorkerState.LOST)]
    fresh = a_store(workers)
    half = a_store(workers, draining=frozenset({"w-1"}))
    both = a_store(workers, draining=frozenset({"w-1", "w-2"}))

    assert to_drain(fresh, workers) == (["w-1", "w-2"], True)
    assert to_drain(half, workers) == (["w-2"], True)
    assert to_drain(both, workers) == (["w-1", "w-2"], False)
    assert to_drain(fresh, workers[2:]) == ([], False)
    assert why_no_drain(fresh, workers[2:]) == "w-7 has been lost: it takes no work anyway"
    assert why_no_drain(fresh, []) == "no worker is under the cursor"
    assert why_no_drain(fresh, workers) is None


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("a/model-00001-of-00004.safetensors", "model-00001"),
        ("data/train-00317-of-01000.parquet", "train-00317"),
        ("-of-3.bin", "-of-3.bin"),
        ("", ""),
        ("a/", "a"),
    ],
)
def test_short_names(path: str, name: str) -> None:
    assert short_name(path) == name


def test_the_pane_of_a_lost_worker_says_how_to_start_it_again() -> None:
    worker = a_worker("w-07", host="node-07", status=WorkerState.LOST, last_error="HTTP 503")
    store = a_store([worker])

    brief = [plain(line) for line in worker_pane(store, worker, UNICODE, 80, 3)]

    assert brief[0].startswith("─ w-07 ✗ LOST   last heartbeat 0.6 s ago ──")
    assert brief[1:] == [
        " its work went to others · start it again on node-07:",
        " hfdl --headless-worker --worker-id w-07",
    ]
    assert start_again("w; rm -rf ~") == "hfdl --headless-worker --worker-id 'w; rm -rf ~'"


def test_the_tall_pane_tells_all_and_its_last_five_events() -> None:
    worker = a_worker(errors=2, last_error="HTTP 503", reason="keeps within the budget")
    events = tuple(
        an_event(f"try {number}", event_id=f"{number}-0", worker=name, kind="task_retrying")
        for number in range(9)
        for name in ("w-01", "w-02")
    )
    store = a_store([worker], events=events, limits={"w-01": "08:00,512k 18:00,off"})

    text = "\n".join(plain(line) for line in worker_pane(store, worker, UNICODE, 120, 18))

    assert "pid 4711" in text
    assert "hfdl 1.0" in text
    assert "limit 08:00,512k 18:00,off   at most 1.0 MB/s now" in text
    assert "2 errors, the last: HTTP 503" in text
    assert "lane: direct 1.0 MB/s over 1 connection" in text
    assert "model-00001-of-00004.safetensors 0-1 %" in text
    assert [f"try {number}" in text for number in range(9)] == [False] * 4 + [True] * 5
    assert text.index("try 8") < text.index("try 4"), "the newest first"


@pytest.mark.parametrize("height", [3, 9, 12, 20])
@pytest.mark.parametrize("width", [60, 80, 200])
def test_the_pane_fits(width: int, height: int) -> None:
    worker = a_worker("日本" * 60, last_error="x" * 4000, reason="ا" * 200, host="h" * 300)
    store = a_store([worker], events=(an_event("e" * 500, worker=worker.worker_id),))

    lines = worker_pane(store, worker, UNICODE, width, height)

    assert len(lines) <= height
    assert all(width_of(line) <= width for line in lines)
