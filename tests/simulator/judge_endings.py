"""What a lease's own holder may do to end it: complete, fail, release; and nobody else."""

from hfdl_core.queue import Failed, FailOutcome, Outcome
from hfdl_core.task_id import BatchWork, parse_task_id
from tests.simulator.calls import Complete, Fail, Release
from tests.simulator.file_map import Repainting, files_of_batch, shadow_size
from tests.simulator.judge_leases import check_kept
from tests.simulator.queue_state import LiveLease
from tests.simulator.transition import (
    Budgets,
    Transition,
    budget_of,
    clamped,
    credit_and_rest,
    paint,
)
from tests.simulator.violation import expect

Ending = Complete | Fail | Release


def judge_ending(
    transition: Transition, call: Ending, painting: Repainting, budgets: Budgets
) -> None:
    expect(not list(transition.begun()), "an ending began a lease")
    check_kept(transition)
    held = transition.before.live.get(call.task_id)
    if held is None or held.token != call.token:
        _check_refused(transition, call)
        return
    expect(list(transition.ended()) == [held], "{} was not the lease that ended", held)
    position = clamped(held, call.position)
    match call:
        case Complete():
            _completed(transition, held, position, painting, budgets)
        case Release():
            _released(transition, held, position, painting, budgets)
        case Fail():
            _failed(transition, call, held, painting, budgets)


def _check_refused(transition: Transition, call: Ending) -> None:
    """Nobody but the holder changes anything; a repeat gets its first answer, never LOST."""
    expect(not list(transition.ended()), "{} ended a lease of somebody else", call)
    verb = type(call).__name__.lower()
    answer = transition.answer
    match answer:
        case Failed(outcome=outcome, attempt=attempt):
            told = (outcome.value, attempt)
        case Outcome():
            told = (answer.value, 0)
        case _:
            return
    allowed = transition.endings.allowed(call.token, verb, transition.latest_ms)
    expect(told in allowed, "{} is answered {}, not {}", call, told, allowed)


def _completed(
    transition: Transition,
    lease: LiveLease,
    position: int,
    painting: Repainting,
    budgets: Budgets,
) -> None:
    home, rest = credit_and_rest(transition, lease, position)
    budgets.lease_ended(lease, position)
    if lease.task_id.startswith("f:") and position >= lease.end:
        home, rest = rest, home
        budgets.forget(budget_of(lease.task_id))
    paint(painting, home, "live", "home")
    paint(painting, rest, "live", "pend")
    _expect_answer(transition, Outcome.COUNTED)


def _released(
    transition: Transition,
    lease: LiveLease,
    position: int,
    painting: Repainting,
    budgets: Budgets,
) -> None:
    home, rest = credit_and_rest(transition, lease, position)
    budgets.lease_ended(lease, position)
    paint(painting, home, "live", "home")
    paint(painting, rest, "live", "pend")
    _expect_answer(transition, Outcome.COUNTED)


def _failed(
    transition: Transition,
    call: Fail,
    lease: LiveLease,
    painting: Repainting,
    budgets: Budgets,
) -> None:
    position = clamped(lease, call.position)
    work = parse_task_id(lease.task_id)
    if isinstance(work, BatchWork):
        _batch_failed(transition, call, lease, work, painting, budgets)
        return
    home, rest = credit_and_rest(transition, lease, position)
    paint(painting, home, "live", "home")
    budget = budgets.lease_ended(lease, position)
    is_whole = lease.task_id.startswith("f:")
    if position >= lease.end and not is_whole:
        _expect_failed(transition, FailOutcome.ALREADY, 0)
        return
    attempt = budgets.charge_attempt(budget, position if is_whole else None)
    _judge_attempt(transition, call, rest, painting, attempt)


def _batch_failed(
    transition: Transition,
    call: Fail,
    lease: LiveLease,
    work: BatchWork,
    painting: Repainting,
    budgets: Budgets,
) -> None:
    """The file at the position is the one that failed; it becomes a task of its own."""
    position = min(clamped(lease, call.position), lease.end - 1)
    home, rest = credit_and_rest(transition, lease, position)
    paint(painting, home, "live", "home")
    budgets.forget(budgets.lease_ended(lease, position))
    culprit = files_of_batch(work).start + position
    others = [span for span in rest if span[0] != culprit]
    paint(painting, others, "live", "pend")
    if len(others) == len(rest):  # reopened meanwhile: it has a task of its own already
        _expect_failed(transition, FailOutcome.ALREADY, 0)
        return
    budget = f"{culprit:06x}:00" + (":00000000000" if transition.gathers else "")
    attempt = budgets.charge_attempt(budget, None if transition.gathers else 0)
    span = [(culprit, 0, shadow_size(transition.plan.size(culprit)))]
    _judge_attempt(transition, call, span, painting, attempt)


def _judge_attempt(
    transition: Transition,
    call: Fail,
    rest: list[tuple[int, int, int]],
    painting: Repainting,
    attempt: int,
) -> None:
    is_over = call.permanent or attempt >= transition.plan.spec.max_attempts
    paint(painting, rest, "live", "failed" if is_over else "delay")
    outcome = FailOutcome.FAILED if is_over else FailOutcome.RETRYING
    _expect_failed(transition, outcome, attempt)
    before, after = transition.before, transition.after
    for task_id in after.delay.keys() - before.delay.keys():
        wait_ms = after.delay[task_id] - before.now_ms
        is_right = -2 <= wait_ms - call.delay_seconds * 1000 <= 2 + after.now_ms - before.now_ms
        expect(is_right, "{} waits {} ms, not {} s", task_id, wait_ms, call.delay_seconds)


def _expect_answer(transition: Transition, outcome: Outcome) -> None:
    if isinstance(transition.answer, Outcome):
        expect(transition.answer is outcome, "the answer is {}", transition.answer)


def _expect_failed(transition: Transition, outcome: FailOutcome, attempt: int) -> None:
    answer = transition.answer
    if isinstance(answer, Failed):
        is_right = (answer.outcome, answer.attempt) == (outcome, attempt)
        expect(is_right, "the answer is {}, not {} after {}", answer, outcome, attempt)
