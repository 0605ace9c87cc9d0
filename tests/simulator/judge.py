"""Judges one call: whether the state after it is what the state before it, and the call, allow."""

from dataclasses import replace

from hfdl_core.models import JobState
from tests.simulator.calls import (
    BeginAgain,
    Cancel,
    Claim,
    Complete,
    Fail,
    Finish,
    Pause,
    Reap,
    Release,
    Reopen,
    Report,
    Requeue,
    Resume,
    Steal,
    TryNow,
)
from tests.simulator.file_map import FileMap, Repainting
from tests.simulator.judge_claims import judge_claim, judge_reap
from tests.simulator.judge_endings import judge_ending
from tests.simulator.judge_job import (
    check_still,
    judge_finish,
    judge_reopen,
    judge_requeue,
    judge_state,
    judge_try_now,
)
from tests.simulator.judge_leases import CLOCK_GRAIN_MS, judge_report, judge_steal
from tests.simulator.transition import Budgets, Transition, Trouble
from tests.simulator.violation import expect


def judge(transition: Transition) -> None:
    """Violation when bytes, leases, budgets, counters or the state are not as they must be."""
    if transition.answer is Trouble.EMPTIED:
        unchanged = replace(transition.before, now_ms=transition.after.now_ms)
        expect(transition.after == unchanged, "a call for another record changed this one")
        return
    _check_sequence(transition)
    painting = Repainting(transition.map_before)
    budgets = Budgets(transition.before)
    _judge_call(transition, painting, budgets)
    _check_map(transition, painting.result())
    _check_budgets(transition, budgets)
    _check_counters(transition, budgets)
    _check_state_kept(transition)


def _judge_call(transition: Transition, painting: Repainting, budgets: Budgets) -> None:
    match transition.call:
        case Complete() | Fail() | Release() as call:
            judge_ending(transition, call, painting, budgets)
        case Claim() | Reap() | Report() | Steal() as call:
            _judge_lease_call(transition, call, painting, budgets)
        case Finish() | Reopen() | Requeue() | TryNow() as call:
            _judge_repair(transition, call, painting, budgets)
        case Pause() | Resume() | Cancel() as call:
            judge_state(transition, call)
        case _:  # planning, publishing and sealing again
            check_still(transition)


def _judge_lease_call(
    transition: Transition,
    call: Claim | Reap | Report | Steal,
    painting: Repainting,
    budgets: Budgets,
) -> None:
    match call:
        case Claim():
            judge_claim(transition, call, painting, budgets)
        case Reap():
            judge_reap(transition, call, painting, budgets)
        case Report():
            judge_report(transition, call)
        case Steal():
            judge_steal(transition, call, budgets)


def _judge_repair(
    transition: Transition,
    call: Finish | Reopen | Requeue | TryNow,
    painting: Repainting,
    budgets: Budgets,
) -> None:
    match call:
        case Finish():
            judge_finish(transition, call)
        case Reopen():
            judge_reopen(transition, call, painting, budgets)
        case Requeue():
            judge_requeue(transition, call, painting, budgets)
        case TryNow():
            judge_try_now(transition, call, painting)


def _check_sequence(transition: Transition) -> None:
    """Every change raises the number by which a rollback is noticed, and keeps the beat."""
    before, after = transition.before, transition.after
    expect(after.seq > before.seq, "{} did not raise the sequence", transition.call)
    if isinstance(transition.call, BeginAgain):
        return  # may leave the beat to those who work
    earliest = before.now_ms - CLOCK_GRAIN_MS
    expect(after.beat_ms >= earliest, "{} did not keep the beat", transition.call)


def _check_map(transition: Transition, expected: FileMap) -> None:
    if transition.map_after == expected:
        return
    [file_index, *_] = expected.differing(transition.map_after)
    expect(
        False,
        "file {}: {} became {}, not {}",
        file_index,
        transition.map_before.stretches(file_index),
        transition.map_after.stretches(file_index),
        expected.stretches(file_index),
    )


def _check_budgets(transition: Transition, budgets: Budgets) -> None:
    after = transition.after
    for name in ("att", "crash", "best"):
        expected, actual = getattr(budgets, name), getattr(after, name)
        if expected != actual:
            differing = {
                key: (expected.get(key), actual.get(key))
                for key in expected.keys() | actual.keys()
                if expected.get(key) != actual.get(key)
            }
            expect(False, "{}: (expected, actual) is {}", name, differing)


def _check_counters(transition: Transition, budgets: Budgets) -> None:
    """Events are counted once each, however often a call is repeated."""
    before, after = transition.before, transition.after

    def rise(counter: str) -> int:
        return after.cnt.get(counter, 0) - before.cnt.get(counter, 0)

    begun, ended = len(list(transition.begun())), len(list(transition.ended()))
    is_tending = isinstance(transition.call, Claim | Reap)
    expected = {
        "claims": begun if isinstance(transition.call, Claim) else 0,
        "steals": begun if isinstance(transition.call, Steal) else 0,
        "crashes": budgets.crashes_charged,
        "reaped": ended if is_tending else 0,
        "retries": len(after.delay.keys() - before.delay.keys()),
    }
    for counter, amount in expected.items():
        expect(rise(counter) == amount, "{} rose by {}, not {}", counter, rise(counter), amount)
    new_files = len(after.done) - len(before.done)
    expect(
        rise("files_completed") == new_files, "files_completed rose by {}", rise("files_completed")
    )


def _check_state_kept(transition: Transition) -> None:
    """Only a call that is about the state changes it, or the end of the work."""
    before, after = transition.before.status, transition.after.status
    is_about_state = isinstance(transition.call, Pause | Resume | Cancel | Reopen | Requeue)
    if before == after or is_about_state:
        return
    ended = {JobState.COMPLETED, JobState.FAILED}
    expect(
        before in {JobState.RUNNING, JobState.PAUSED} and after in ended,
        "{} became {}",
        before,
        after,
    )
