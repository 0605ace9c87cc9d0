"""Tasks as tabs, pages, rows and details, without a screen."""

from dataclasses import replace

import pytest

from hfdl_core.models import CurrentTask, TaskStatus, TaskView
from hfdl_core.monitor import TaskPage
from hfdl_core.task_id import BatchWork
from hfdl_tui.dashboard.view.drawing.byte_range import range_words
from hfdl_tui.dashboard.view.drawing.glyphs import ASCII, UNICODE
from hfdl_tui.dashboard.view.drawing.letters import Letters
from hfdl_tui.dashboard.view.drawing.spans import plain, width_of
from hfdl_tui.dashboard.view.drawing.table import Row
from hfdl_tui.dashboard.view.store import Store
from hfdl_tui.dashboard.view.tasks.advice import what_helps
from hfdl_tui.dashboard.view.tasks.paging import Paging
from hfdl_tui.dashboard.view.tasks.task_columns import columns_of
from hfdl_tui.dashboard.view.tasks.task_detail import task_detail
from hfdl_tui.dashboard.view.tasks.task_lists import TaskLists
from hfdl_tui.dashboard.view.tasks.task_rows import TaskFacts, facts_of, task_row
from hfdl_tui.dashboard.view.tasks.task_tabs import ORDER, beside, counts_of, tab_at, task_tabs
from tests.dashboard.fakes import GB, JOB, MB, a_job, a_task, a_task_in_hand, a_view, a_worker
from tests.dashboard.task_source import (
    a_done_task,
    a_failed_task,
    a_retrying_task,
    a_running_task,
    a_waiting_task,
)

COUNTS = {
    TaskStatus.IN_PROGRESS: 496,
    TaskStatus.RETRYING: 37,
    TaskStatus.FAILED: 5,
    TaskStatus.PENDING: 10_389,
    TaskStatus.COMPLETED: 8412,
}
FACTS = TaskFacts(
    glyphs=UNICODE,
    is_pending=lambda _key: False,
    letters=Letters(),
    in_hand={},
    max_attempts=4,
    at=1_790_000_000.0,
    age=0.0,
)


def facts_with(in_hand: CurrentTask, worker: str = "w-03/boot-3") -> TaskFacts:
    """What a look tells while this process says that of the task in its hands."""
    worker_id, _, boot_id = worker.partition("/")
    store = Store()
    store.choose(JOB)
    store.apply(a_view([a_job()], [a_worker(worker_id, boot_id=boot_id, tasks=(in_hand,))]))
    return facts_of(store, UNICODE, lambda _key: False)


def words_of(row: Row) -> list[str]:
    return [cell if isinstance(cell, str) else cell[0] for cell in row.cells]


def named(task: TaskView, facts: TaskFacts = FACTS) -> dict[str, str]:
    """A row's cells by their columns."""
    keys = [column.key for column in columns_of(task.state, 120)]
    return dict(zip(keys, words_of(task_row(task, facts)), strict=True))


# --- ranges and pages -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("begin", "end", "words"),
    [
        (1342 * MB, 1374 * MB, "1,342-1,374 MB"),
        (0, 4 * MB, "0.0-4.0 MB"),
        (3 * GB, 20 * GB, "3-20 GB"),
        (5, 42, "5-42 B"),
        (0, 0, "0-0 B"),
    ],
)
def test_a_range_has_a_unit_in_which_its_ends_differ(begin: int, end: int, words: str) -> None:
    assert range_words(begin, end) == words


def test_pages_follow_each_other_to_the_end_and_back() -> None:
    first = Paging(limit=50)

    second = first.after(120)
    assert second is not None
    third = second.after(120)
    assert third is not None
    assert (second.offset, third.offset, third.after(120)) == (50, 100, None)
    assert third.before() == second
    assert first.before() is None
    assert third.words(20, 120) == "101–120 of 120"
    assert replace(third, offset=50).words(50, 12_345) == "51–100 of 12,345"
    assert first.words(12, 12) == ""


def test_a_list_that_shrank_is_shown_at_its_last_page() -> None:
    far = Paging(offset=150, limit=50)

    assert far.within(151) is far
    assert far.within(120).offset == 100
    assert far.within(0).offset == 0


def test_a_page_is_as_long_as_the_pane_within_bounds() -> None:
    paging = Paging()

    assert [paging.for_pane(rows).limit for rows in (8, 60, 900)] == [50, 60, 200]


# --- tabs -----------------------------------------------------------------------------------------


def test_tabs_say_how_many_there_are_and_how_to_change() -> None:
    line = plain(task_tabs(COUNTS, TaskStatus.IN_PROGRESS, 120))

    assert "[ Running 496 ]  Retry 37    Failed 5    Waiting 10,389    Done 8,412" in line
    assert line.endswith("[ and ] change tab")
    assert len(line) == 119


@pytest.mark.parametrize("width", [60, 80, 120, 200])
@pytest.mark.parametrize("state", ORDER)
def test_tabs_fit_with_a_million_tasks(width: int, state: TaskStatus) -> None:
    counts = dict.fromkeys(ORDER, 1_000_214)

    spans = task_tabs(counts, state, width)

    assert width_of(spans) <= width
    assert "1,000,214]" in plain(spans).replace(" ]", "]")
    assert all(title in plain(spans) for title in ("Running", "Retry", "Failed", "Waiting", "Done"))


def test_a_column_of_the_tabs_belongs_to_the_tab_that_is_drawn_there() -> None:
    spans = task_tabs(COUNTS, TaskStatus.FAILED, 80)
    line = plain(spans)

    assert tab_at(spans, line.index("Retry")) is TaskStatus.RETRYING
    assert tab_at(spans, line.index("Done")) is TaskStatus.COMPLETED
    assert tab_at(spans, 79) is None


def test_tabs_go_round() -> None:
    assert beside(TaskStatus.COMPLETED, 1) is TaskStatus.IN_PROGRESS
    assert beside(TaskStatus.IN_PROGRESS, -1) is TaskStatus.COMPLETED


def test_counts_are_those_of_the_job_that_is_looked_at() -> None:
    store = Store()
    assert counts_of(store) == {}
    store.choose(JOB)
    store.apply(a_view([a_job(failed=5, retrying=3)]))

    assert counts_of(store)[TaskStatus.FAILED] == 5
    assert counts_of(store)[TaskStatus.COMPLETED] == 212


# --- rows -----------------------------------------------------------------------------------------


def test_a_running_task_says_how_far_it_is_and_who_has_it() -> None:
    task = a_running_task(3)
    in_hand = a_task_in_hand(task_id=task.task_id, bytes_per_second=2.5 * MB)

    cells = named(task, facts_with(in_hand))

    assert cells["range"] == "96-128 MB"
    assert cells["done"] == "25 %"
    assert cells["rate"] == "2.5 MB/s"
    assert (cells["letter"], cells["worker"]) == ("a", "w-03")
    assert cells["attempt"] == "1 of 4"


@pytest.mark.parametrize(
    ("worker", "position", "done"),
    [
        ("w-03/boot-3", 112 * MB, "50 %"),  # on their way, none of them durable
        ("w-03/boot-3", 128 * MB, "100 %"),
        ("w-03/boot-3", 97 * MB, "25 %"),  # said before the report that came since
        ("w-03/boot-2", 112 * MB, "25 %"),  # by who held it before
    ],
)
def test_a_running_task_counts_the_bytes_on_their_way(
    worker: str, position: int, done: str
) -> None:
    task = a_running_task(3)
    in_hand = a_task_in_hand(task_id=task.task_id, position=position)

    facts = facts_with(in_hand, worker)

    assert named(task, facts)["done"] == done
    assert f"done         {done}, " in detail(task, facts)


def test_a_running_batch_counts_its_files_and_not_the_bytes_of_one_of_them() -> None:
    batch = BatchWork(page=0, first=0, count=40, size=2 * MB)
    task = a_task(
        TaskStatus.IN_PROGRESS,
        task_id=batch.task_id,
        end=40,
        position=10,
        worker="w-03/boot-3",
    )
    in_hand = a_task_in_hand(task_id=task.task_id, end=50_000, position=49_000)

    assert named(task, facts_with(in_hand))["done"] == "25 %"


def test_a_retrying_task_counts_down_to_its_next_try() -> None:
    task = a_retrying_task(317, seconds=62.0)

    assert named(task)["next"] == "1 m 2 s"
    assert named(task, replace(FACTS, age=50.0))["next"] == "12 s"
    assert named(task, replace(FACTS, age=90.0))["next"] == "due"
    assert named(task)["attempt"] == "2 of 4"
    assert named(task)["size"] == "1.4 GB"
    assert len(named(task)["at"]) == len("hh:mm:ss")


def test_a_failed_task_does_not_say_its_path_twice() -> None:
    cells = named(a_failed_task(7))

    assert cells["error"].startswith("digest is 0000")
    assert (cells["attempt"], cells["worker"], cells["cause"]) == ("4", "w-07", "DigestMismatch")


def test_a_batch_is_counted_in_files() -> None:
    cells = named(a_waiting_task(1))

    assert (cells["range"], cells["size"]) == ("40 files", "2.0 MB")
    assert named(a_done_task(1))["size"] == "318.0 MB"


def test_a_row_whose_order_is_under_way_says_so() -> None:
    waiting = replace(FACTS, is_pending=lambda _key: True)

    assert words_of(task_row(a_failed_task(1), waiting))[0] == "…"
    assert words_of(task_row(a_failed_task(1), replace(waiting, glyphs=ASCII)))[0] == "~"


# --- details --------------------------------------------------------------------------------------


def detail(task: TaskView, facts: TaskFacts = FACTS) -> str:
    return "\n".join(plain(line) for line in task_detail(task, facts))


@pytest.mark.parametrize(
    ("error", "shown"),
    [
        ("{}: digest is 00", "digest is 00"),
        ("the server failed on {} (500 from cdn)", "the server failed (500 from cdn)"),
        ("{} is listed but not served (410 from cdn)", "is listed but not served (410 from cdn)"),
        ("huggingface_hub cannot fetch {}: x", "huggingface_hub cannot fetch it: x"),
    ],
)
def test_an_error_does_not_say_the_path_that_stands_beside_it(error: str, shown: str) -> None:
    task = a_failed_task(0)
    told = task.model_copy(update={"error": error.format(task.path)})

    assert named(told)["error"] == shown


def test_the_detail_has_the_whole_error_and_what_helps() -> None:
    task = a_failed_task(7)

    shown = detail(task)

    assert task.error in shown
    assert task.task_id in shown
    assert what_helps("DigestMismatch") in shown
    assert "last worker  w-07" in shown


def test_the_detail_of_a_batch_and_of_a_range_say_what_they_cover() -> None:
    batch = BatchWork(page=0, first=0, count=40, size=2 * MB)

    assert "40 files, 2.0 MB together" in detail(a_task(task_id=batch.task_id, end=40))
    assert "bytes 32,000,000 to 64,000,000 of the file" in detail(a_running_task(1))


def test_advice_for_a_cause_that_nobody_knows_is_still_advice() -> None:
    assert what_helps("SomethingNew") == "r tries again with fresh tries."


# --- which list -----------------------------------------------------------------------------------


def test_failures_that_were_not_seen_are_shown_first() -> None:
    lists, store = TaskLists(), Store()

    lists.come({TaskStatus.FAILED: 1})
    assert lists.state is TaskStatus.FAILED

    lists.follow(store, {TaskStatus.FAILED: 1})
    lists.state = TaskStatus.PENDING
    lists.come({TaskStatus.FAILED: 1})
    assert lists.state is TaskStatus.PENDING


def test_tasks_of_another_page_or_job_are_not_this_lists() -> None:
    lists, store = TaskLists(), Store()
    lists.state = TaskStatus.FAILED
    store.choose(JOB)
    tasks = (a_failed_task(1),)
    page = lists.wanted(20)

    store.apply(a_view([a_job()], tasks=tasks, tasks_page=page))
    assert lists.tasks(store) == tasks

    store.apply(a_view([a_job()], tasks=tasks, tasks_page=TaskPage(TaskStatus.PENDING)))
    assert lists.tasks(store) is None

    other = a_job("1" * 32)
    store.apply(a_view([a_job(), other], tasks=tasks, tasks_page=page, focus_job=other.job_id))
    assert lists.tasks(store) is None


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("train-00001", [1]),
        ("!train-00001", [0, 2]),
        ("W-02", [2]),
        ("digestmismatch", [0, 1, 2]),
        ("re:0000[12]-of", [1, 2]),
        ("", [0, 1, 2]),
    ],
)
def test_a_filter_looks_at_path_error_cause_and_worker(text: str, left: list[int]) -> None:
    lists = TaskLists()
    tasks = [a_failed_task(number) for number in range(3)]

    lists.type_filter(text)

    assert lists.passing(tasks) == [tasks[number] for number in left]


def test_a_filter_that_cannot_be_read_shows_everything_and_says_why() -> None:
    lists = TaskLists()
    tasks = [a_failed_task(1)]

    lists.type_filter("re:(")

    assert lists.passing(tasks) == tasks
    assert "regular expression" in lists.wrong
