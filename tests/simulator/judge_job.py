"""What may happen to a job as a whole: files verified or reopened, tasks requeued, its state."""

from hfdl_core.models import JobState
from hfdl_core.queue import Outcome
from tests.simulator.calls import Cancel, Finish, Pause, Reopen, Requeue, Resume, TryNow
from tests.simulator.file_map import HOME, PLACES, Repainting, named_spans, shadow_size
from tests.simulator.intervals import IntervalSet
from tests.simulator.judge_leases import check_kept
from tests.simulator.transition import Budgets, Transition, Trouble, budget_of
from tests.simulator.violation import expect

_ALL_PLACES = frozenset({HOME, *PLACES})
_ENDED = {JobState.COMPLETED, JobState.FAILED}
_ACTIVE = {JobState.PLANNING, JobState.RUNNING, JobState.PAUSED}
# What a steering call makes of a job, and of which jobs.
_STEERING: dict[type, tuple[JobState, set[JobState]]] = {
    Pause: (JobState.PAUSED, {JobState.RUNNING, JobState.PAUSED}),
    Resume: (JobState.RUNNING, {*_ACTIVE, JobState.CANCELLED}),
    Cancel: (JobState.CANCELLED, {*_ACTIVE, JobState.CANCELLED}),
}


def judge_finish(transition: Transition, call: Finish) -> None:
    """Only the present generation, only when no byte is missing, only once."""
    before, after = transition.before, transition.after
    check_still(transition)
    is_present = before.gen.get(call.file_index, 0) == call.generation
    missing = before.frem.get(call.file_index, transition.plan.size(call.file_index) or -1)
    if not is_present:
        expected = Outcome.LOST
    elif call.file_index in before.done:
        expected = Outcome.ALREADY
    else:
        expected = Outcome.COUNTED if missing == 0 else Outcome.LOST
    if isinstance(transition.answer, Outcome):
        expect(transition.answer is expected, "finish says {}", transition.answer)
    new = {call.file_index} if expected is Outcome.COUNTED else set()
    expect(after.done == before.done | new, "finish completed {}", after.done ^ before.done)


def judge_reopen(
    transition: Transition, call: Reopen, painting: Repainting, budgets: Budgets
) -> None:
    before, after = transition.before, transition.after
    present = before.gen.get(call.file_index, 0)
    if call.generation < present:
        check_still(transition)
        expect(after.gen == before.gen, "a repeated reopening counted again")
        _expect_generation(transition, present)
        return
    if call.generation > present:  # repeated after Redis went back to before it was reached
        check_still(transition)
        expect(transition.answer is Trouble.REFUSED, "generation {} is {}", call, present)
        return
    expect(after.gen == {**before.gen, call.file_index: present + 1}, "wrong generation")
    _expect_generation(transition, present + 1)
    _paint_reopened(transition, call, painting)
    for lease in transition.ended():
        [(index, _, _)] = named_spans(lease.task_id, transition.plan)
        expect(index == call.file_index, "{} ended with another file's reopening", lease)
    for place in PLACES:
        for task_id in getattr(before, place):
            if not task_id.startswith("b:") and int(task_id[2:8], 16) == call.file_index:
                budgets.forget(budget_of(task_id))
    check_kept(transition)
    expect(after.status not in _ENDED, "a reopened job stays {}", after.status)


def _paint_reopened(transition: Transition, call: Reopen, painting: Repainting) -> None:
    size = shadow_size(transition.plan.size(call.file_index))
    if not transition.gathers:
        painting.move_all(call.file_index, _ALL_PLACES, "pend")
        return
    for lease in transition.ended():
        painting.move(call.file_index, lease.begin, lease.position, "live", HOME)
    painting.move_all(call.file_index, frozenset(PLACES), "pend")
    if transition.plan.size(call.file_index) == 0:
        painting.move_all(call.file_index, _ALL_PLACES, HOME)
        return
    wanted = IntervalSet((max(0, span.begin), min(size, span.end)) for span in call.ranges)
    for begin, end, place in painting.result().stretches(call.file_index):
        if place == HOME:
            for first, last in wanted:
                low, high = max(begin, first), min(end, last)
                painting.move(call.file_index, low, high, HOME, "pend")


def _expect_generation(transition: Transition, generation: int) -> None:
    answer = transition.answer
    expect(answer == generation or not isinstance(answer, int), "reopen says {}", answer)


def judge_requeue(
    transition: Transition, call: Requeue, painting: Repainting, budgets: Budgets
) -> None:
    moved = [task for task in dict.fromkeys(call.task_ids) if task in transition.before.failed]
    for task_id in moved:
        for index, begin, end in named_spans(task_id, transition.plan):
            painting.move(index, begin, end, "failed", "pend")
        budgets.forget(budget_of(task_id))
    if isinstance(transition.answer, int):
        expect(transition.answer == len(moved), "requeue says {}", transition.answer)
    status = transition.after.status
    expect(not moved or status not in _ENDED, "a job with requeued tasks is {}", status)
    check_still(transition)


def judge_try_now(transition: Transition, call: TryNow, painting: Repainting) -> None:
    """What waits is pending at once; its attempts stay counted."""
    moved = [task for task in dict.fromkeys(call.task_ids) if task in transition.before.delay]
    for task_id in moved:
        for index, begin, end in named_spans(task_id, transition.plan):
            painting.move(index, begin, end, "delay", "pend")
    if isinstance(transition.answer, int):
        expect(transition.answer == len(moved), "trying now says {}", transition.answer)
    expect(transition.after.status == transition.before.status, "{} steered the job", call)
    check_still(transition)


def judge_state(transition: Transition, call: Pause | Resume | Cancel) -> None:
    """Repeats are harmless; a job that has ended is neither paused nor resumed."""
    check_still(transition)
    before, after = transition.before.status, transition.after.status
    target, allowed = _STEERING[type(call)]
    if before in allowed:
        # Resuming may find that nothing is left to do.
        may_end = isinstance(call, Resume) and after in _ENDED
        expect(after == target or may_end, "{} left the job {}", call, after)
        expect(transition.answer is not Trouble.REFUSED, "{} was refused", call)
    else:
        expect(after == before, "{} made a {} job {}", call, before, after)
        expect(not isinstance(transition.answer, JobState), "{} of a {} job", call, before)


def check_still(transition: Transition) -> None:
    """No lease begins, ends or moves."""
    expect(not list(transition.begun()), "{} began a lease", transition.call)
    expect(not list(transition.ended()), "{} ended a lease", transition.call)
    check_kept(transition)
