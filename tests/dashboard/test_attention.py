"""What needs attention is told once per cause, with what helps."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from hfdl_core.models import Delivery, JobState, TaskStatus, WorkerState, WorkerView
from hfdl_core.queue import JobSnapshot
from hfdl_tui.dashboard.view.drawing.glyphs import UNICODE
from hfdl_tui.dashboard.view.overview.attention import needs_of
from hfdl_tui.dashboard.view.overview.attention_rows import why_no_help
from hfdl_tui.dashboard.view.overview.attention_tasks import FIRST_RETRYING
from hfdl_tui.dashboard.view.overview.needs import Need, Place
from hfdl_tui.dashboard.view.store import Store
from hfdl_tui.operations.orders import Requeue, Resume, TryNow
from tests.dashboard.fakes import (
    JOB,
    MB,
    TASK,
    a_job,
    a_server,
    a_spec,
    a_task,
    a_view,
    a_worker,
)


def needs(
    job: JobSnapshot | None = None,
    workers: Sequence[WorkerView] | None = None,
    machine: str | None = None,
    **changes: Any,
) -> dict[str, Need]:
    store = Store()
    store.choose(JOB)
    at_work = [a_worker()] if workers is None else workers
    store.apply(a_view([job or a_job()], at_work, **changes))
    return {need.key: need for need in needs_of(store, UNICODE, machine)}


def idle(worker_id: str, status: WorkerState, **changes: Any) -> WorkerView:
    given: dict[str, Any] = {"status": status, "tasks": (), "throughput_bytes_per_second": 0.0}
    return a_worker(worker_id, **(given | changes))


def test_nothing_is_told_when_all_is_well() -> None:
    assert needs() == {}


def test_failures_are_grouped_by_cause_and_each_can_be_requeued() -> None:
    job = a_job(failed=5, counters={"cause:DigestMismatch": 2, "cause:FileMissing": 3})

    found = needs(job)

    assert list(found) == ["cause:FileMissing", "cause:DigestMismatch"]
    missing = found["cause:FileMissing"]
    assert missing.text == "3 tasks failed: FileMissing"
    assert missing.order == Requeue(JOB, cause="FileMissing")
    assert missing.place is Place.FAILED
    assert "lists this file but does not serve it" in missing.more


def test_waiting_tasks_tell_when_the_next_one_is_due_and_can_be_tried_now() -> None:
    tasks = [
        a_task(TaskStatus.RETRYING, cause="ServerBusy", next_try_seconds=9.4),
        a_task(TaskStatus.RETRYING, cause="ServerBusy", next_try_seconds=4.4),
    ]

    need = needs(a_job(retrying=2), tasks=tasks, tasks_page=FIRST_RETRYING)["retrying"]

    assert need.text == "2 tasks wait to retry: 2 ServerBusy"
    assert need.helps == "next in 4 s"
    assert need.order == TryNow(JOB, (TASK, TASK))


def test_tasks_of_another_page_tell_nothing_of_those_that_wait() -> None:
    failed = replace(FIRST_RETRYING, state=TaskStatus.FAILED)

    need = needs(a_job(retrying=1), tasks=[a_task(TaskStatus.FAILED)], tasks_page=failed)

    assert need["retrying"].text == "1 task waits to retry"
    assert need["retrying"].order is None


def test_lost_collector_is_brought_back_where_the_files_are() -> None:
    job = a_job(spec=a_spec(delivery=Delivery.GATHER, machine="m-1", host="node-00"))

    here, elsewhere = needs(job, machine="m-1"), needs(job, machine="m-2")

    assert here["collector"].order == Resume(JOB)
    assert here["collector"].helps == "r starts it"
    assert elsewhere["collector"].order is None
    assert "on node-00 run hfdl collect 7f3a" in elsewhere["collector"].text


def test_workers_in_trouble_are_grouped() -> None:
    workers = [
        *(idle(f"lost-{n}", WorkerState.LOST, last_heartbeat_seconds_ago=40.0) for n in range(5)),
        *(idle(f"aside-{n}", WorkerState.STEPPED_ASIDE, reason="no access") for n in range(2)),
        idle("late-0", WorkerState.LATE, last_heartbeat_seconds_ago=12.0),
        a_worker("w-1"),
    ]

    found = needs(workers=workers)

    assert [need.text for need in found.values()] == [
        "5 workers lost the last 40 s ago",
        "aside-0, aside-1 stepped aside: no access",
        "late-0 not heard for 12 s",
    ]
    assert all(need.place is Place.WORKERS for need in found.values())


def test_worker_that_is_gone_for_hours_is_not_told_any_more() -> None:
    gone = idle("w-2", WorkerState.LOST, last_heartbeat_seconds_ago=4 * 3600.0)

    assert needs(workers=[a_worker(), gone]) == {}


def test_slow_worker_is_compared_with_itself() -> None:
    now = [0.0]
    store = Store(lambda: now[0])
    store.choose(JOB)
    for second in range(60):
        now[0] = float(second)
        speed = 1.0 * MB if second < 40 else 0.05 * MB
        worker = a_worker("w-1", throughput_bytes_per_second=speed)
        store.apply(a_view([a_job()], [worker]))

    assert [need.text for need in needs_of(store, UNICODE)] == [
        "w-1 is slow: below 30 % of its usual speed"
    ]


def test_failed_job_and_dangers_of_the_server_are_told() -> None:
    job = a_job(state=JobState.FAILED, files_failed=3, failed=3, counters={"cause:X": 3})

    found = needs(job, server=a_server(warnings=("AOF is off",)))

    assert found["job-failed"].text == "The job failed: 3 files could not be had"
    assert found["server:0"].text == "AOF is off"


def test_no_worker_at_all_is_told_with_the_way_to_start_one() -> None:
    need = needs(a_job(in_progress=0), workers=())["held:no_workers"]

    assert need.helps == "J join"
    assert "hfdl worker" in need.more


def test_key_that_cannot_help_says_why() -> None:
    plain = Need("server:0", ("▲", "warn"), "AOF is off")
    able = Need("cause:X", ("✗", "failed"), "1 task failed: X", order=Requeue(JOB, cause="X"))

    assert why_no_help(None, is_focused=True) == "nothing needs attention"
    assert "tab" in (why_no_help(able, is_focused=False) or "")
    assert "enter" in (why_no_help(plain, is_focused=True) or "")
    assert why_no_help(able, is_focused=True) is None
