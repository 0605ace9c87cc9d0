"""What a claim may do: tend to expired leases and due retries, hand out the largest files first."""

import math
from typing import Final

from hfdl_core.models import DownloadTask, JobState
from hfdl_core.queue import Claimed
from hfdl_core.task_id import BatchWork, FileWork, RangeWork, parse_task_id
from tests.simulator.calls import Claim, Reap
from tests.simulator.file_map import Repainting, named_spans
from tests.simulator.judge_leases import (
    CLOCK_GRAIN_MS,
    CRASH_BUDGET,
    LEASE_MS,
    check_kept,
    check_new,
)
from tests.simulator.queue_state import LiveLease
from tests.simulator.transition import Budgets, Transition, credit_and_rest, paint
from tests.simulator.violation import expect

_TENDED_PER_CLAIM: Final = 8
_LONGEST_DELAY_MS: Final = 600_000


def judge_claim(
    transition: Transition, call: Claim, painting: Repainting, budgets: Budgets
) -> None:
    before, after = transition.before, transition.after
    begun = list(transition.begun())
    if before.status == JobState.RUNNING:
        _tend(transition, painting, budgets, _TENDED_PER_CLAIM)
        _promoted(transition, painting)
        fresh = {token for token in call.tokens if not before.is_used(token)}
        is_enough = len(begun) >= len(fresh) - len(fresh & before.over.keys()) or not after.pend
        expect(is_enough, "{} tasks for {} while {} wait", len(begun), fresh, after.pend)
    else:
        expect(not begun, "{} claimed from a job that is {}", begun, before.status)
        expect(not list(transition.ended()), "leases ended in a job that is {}", before.status)
    for lease in begun:
        _granted(transition, call, lease, painting)
    check_new(transition, begun, call.worker, set(call.tokens))
    _check_largest_first(transition, begun)
    if isinstance(transition.answer, Claimed):
        _check_answer(transition, call, transition.answer.tasks)
    check_kept(transition)


def judge_reap(transition: Transition, call: Reap, painting: Repainting, budgets: Budgets) -> None:
    reaped = _tend(transition, painting, budgets, call.limit)
    if isinstance(transition.answer, int):
        expect(transition.answer == len(reaped), "reap miscounts: {}", transition.answer)
    expect(not list(transition.begun()), "reap began a lease")
    check_kept(transition)


def _granted(transition: Transition, call: Claim, lease: LiveLease, painting: Repainting) -> None:
    named = _named_bounds(lease.task_id)
    expect((lease.begin, lease.end) == named, "{} is not what its name says", lease)
    is_range = lease.task_id.startswith("r:")
    is_long = is_range and lease.end - lease.begin > (call.carve_bytes or math.inf)
    expect(not is_long, "{} is longer than a claim may be", lease)
    expect(lease.position == lease.begin, "{} began in the middle", lease)
    spans = list(named_spans(lease.task_id, transition.plan))
    if lease.task_id.startswith("b:"):
        spans = [span for span in spans if span[0] not in transition.before.gen]
    paint(painting, spans, "pend", "live")


def _named_bounds(task_id: str) -> tuple[int, int]:
    match parse_task_id(task_id):
        case BatchWork(_, _, count):
            return 0, count
        case FileWork(_, _, size):
            return 0, size
        case RangeWork(_, _, begin, end):
            return begin, end


def _tend(
    transition: Transition, painting: Repainting, budgets: Budgets, limit: int
) -> list[LiveLease]:
    """The leases that ran out: their rest goes back, and a crash is charged to it."""
    before, after = transition.before, transition.after
    reaped = sorted(transition.ended(), key=lambda lease: lease.deadline_ms)
    expect(len(reaped) <= limit, "{} leases reaped, not {}", len(reaped), limit)
    for lease in reaped:
        expect(not before.is_outage, "{} was reaped right after an outage", lease)
        expect(lease.deadline_ms <= after.now_ms, "{} was reaped before its deadline", lease)
        _reaped(transition, lease, painting, budgets)
    if not before.is_outage and len(reaped) < limit:
        latest = before.now_ms - CLOCK_GRAIN_MS
        overdue = [lease for lease, _ in transition.kept() if lease.deadline_ms < latest]
        expect(not overdue, "{} ran out and were left", overdue)
    beyond = after.now_ms + LEASE_MS + CLOCK_GRAIN_MS
    late = [task for task, deadline in after.lease.items() if deadline > beyond]
    expect(not late, "deadlines of {} lie further away than a lease is long", late)
    return reaped


def _reaped(
    transition: Transition, lease: LiveLease, painting: Repainting, budgets: Budgets
) -> None:
    home, rest = credit_and_rest(transition, lease, lease.position)
    paint(painting, home, "live", "home")
    budget = budgets.lease_ended(lease, lease.position)
    kind = lease.task_id[0]
    if lease.position >= lease.end and kind != "f":
        return
    crashes = budgets.charge_crash(budget, lease.position if kind == "f" else None)
    is_over = crashes >= CRASH_BUDGET
    if is_over and kind == "b":
        # One of its files may be what kills workers: each becomes a task of its own.
        budgets.forget(budget)
        is_over = False
    paint(painting, rest, "live", "failed" if is_over else "pend")


def _promoted(transition: Transition, painting: Repainting) -> None:
    before, after = transition.before, transition.after
    promoted = [task for task in before.delay if task not in after.delay]
    for task_id in promoted:
        early_ms = before.delay[task_id] - after.now_ms
        expect(early_ms <= 0, "{} was retried {} ms too early", task_id, early_ms)
        paint(painting, list(named_spans(task_id, transition.plan)), "delay", "pend")
    if len(promoted) < _TENDED_PER_CLAIM:
        latest = before.now_ms - CLOCK_GRAIN_MS
        left = [task for task, due in after.delay.items() if due < latest]
        expect(not left, "{} are due and were left", left)
    beyond = after.now_ms + _LONGEST_DELAY_MS + CLOCK_GRAIN_MS
    late = [task for task, due in after.delay.items() if due > beyond]
    expect(not late, "{} wait longer than the longest backoff", late)


def _check_largest_first(transition: Transition, begun: list[LiveLease]) -> None:
    waiting = min(((score, task) for task, score in transition.after.pend.items()), default=None)
    for lease in begun:
        is_first = waiting is None or (lease.score, lease.task_id) < waiting
        expect(is_first, "{} was given out before {}", lease, waiting)


def _check_answer(transition: Transition, call: Claim, tasks: tuple[DownloadTask, ...]) -> None:
    given = {task.token: task for task in tasks}
    expect(len(given) == len(tasks), "a token was given twice: {}", tasks)
    for token in dict.fromkeys(call.tokens):
        held = transition.after.tok.get(token)
        task = given.pop(token, None)
        if held is None or task is None:
            is_neither = held is None and task is None
            expect(is_neither, "{} is told, {} is held", task, held)
            continue
        lease = transition.after.live[held]
        told = (task.task_id, task.begin, task.end)
        expect(told == (held, lease.begin, lease.end), "{} is told, {} is held", task, lease)
    expect(not given, "nobody asked for {}", given)
