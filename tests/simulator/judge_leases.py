"""What may happen to leases while they go on: reports, thefts, renewal, the frame of every call."""

import math
from collections.abc import Mapping
from typing import Final

from hfdl_core.models import DownloadTask, JobState
from hfdl_core.queue import Reported
from tests.simulator.calls import Report, Steal
from tests.simulator.file_map import named_spans
from tests.simulator.queue_state import LiveLease
from tests.simulator.transition import Budgets, Transition, budget_of, clamped
from tests.simulator.violation import Violation, expect

LEASE_MS: Final = 45_000
CLOCK_GRAIN_MS: Final = 2.0
CRASH_BUDGET: Final = 5
_GUESSED_SPEED: Final = 1_000_000.0
_STEAL_CANDIDATES: Final = 8
_ALIGNMENT: Final = 4096
_CRAWL_SECONDS: Final = 5.0


def judge_report(transition: Transition, call: Report) -> None:
    expect(not list(transition.ended()), "a report ended a lease")
    expect(not list(transition.begun()), "a report began a lease")
    told: dict[str, tuple[int, float]] = {}
    for progress in call.progress:
        lease = transition.before.live.get(progress.task_id)
        if lease is not None and lease.token == progress.token:
            told[progress.token] = (clamped(lease, progress.position), progress.bytes_per_second)
    check_kept(transition, told=told)
    if isinstance(transition.answer, Reported):
        expected = {
            progress.token: transition.before.live[progress.task_id].end
            if progress.token in told
            else None
            for progress in call.progress
        }
        answer = transition.answer
        expect(answer.ends == expected, "the answer is {}, not {}", answer.ends, expected)
        expect(answer.state == transition.after.status, "the report tells {}", answer.state)


def judge_steal(transition: Transition, call: Steal, budgets: Budgets) -> None:
    before = transition.before
    begun = list(transition.begun())
    if call.token in before.tok:
        expect(not begun, "a repeated steal took more")
        if isinstance(transition.answer, DownloadTask):
            held = before.tok[call.token]
            expect(transition.answer.task_id == held, "a repeated steal gives {}", held)
        check_kept(transition)
    elif begun:
        _judge_theft(transition, call, begun, budgets)
    else:
        expect(not isinstance(transition.answer, DownloadTask), "told but not stolen")
        expect(not list(transition.ended()), "a steal took a lease and gave none")
        _check_nothing_was_stealable(transition, call)
        check_kept(transition)


def _judge_theft(
    transition: Transition, call: Steal, begun: list[LiveLease], budgets: Budgets
) -> None:
    before, [thief] = transition.before, begun
    expect(before.status == JobState.RUNNING, "stolen from a job that is {}", before.status)
    expect(not before.pend, "stolen while {} wait", before.pend)
    victim = _victim(transition, thief)
    _check_cut(transition, call, victim, thief)
    check_new(transition, begun, call.worker, {call.token})
    check_kept(transition, victim=victim.task_id, cut=thief.begin)
    for lease in transition.ended():
        is_empty = lease.task_id == victim.task_id and thief.begin == victim.begin
        expect(is_empty, "{} ended by a theft of {}", lease, victim)
        # It never brought anything: what silences workers must not go round for ever.
        crashes = budgets.charge_crash(budget_of(lease.task_id), None)
        expect(crashes < CRASH_BUDGET, "{} silenced {} workers and goes on", victim, crashes)
    if isinstance(transition.answer, DownloadTask):
        told = transition.answer
        actual = (thief.task_id, thief.token, thief.begin, thief.end)
        expect((told.task_id, told.token, told.begin, told.end) == actual, "{} is told", told)


def _victim(transition: Transition, thief: LiveLease) -> LiveLease:
    expect(thief.position == thief.begin, "{} began in the middle", thief)
    for lease in transition.before.live.values():
        is_same_file = _file_of(lease, transition) == _file_of(thief, transition)
        if is_same_file and lease.begin <= thief.begin < lease.end == thief.end:
            expect(thief.score == lease.score, "{} lost its file's priority", thief)
            return lease
    raise Violation(f"{thief} was taken from nobody")


def _file_of(lease: LiveLease, transition: Transition) -> int:
    return next(iter(named_spans(lease.task_id, transition.plan)))[0]


def _check_cut(transition: Transition, call: Steal, victim: LiveLease, thief: LiveLease) -> None:
    """What the victim has fetched since its last report is not given away, unless it is silent."""
    before, after = transition.before, transition.after
    kept = after.live.get(victim.task_id)
    if thief.begin > victim.begin:
        expect(kept and kept.end == thief.begin, "{} keeps what was stolen", victim)
    silent_ms = LEASE_MS - (victim.deadline_ms - after.now_ms)
    if thief.begin == victim.position and silent_ms >= call.silent_seconds * 1000:
        return
    fetched = _fetched(victim, before.now_ms)
    if call.worker != victim.worker and _crawls(victim, fetched):
        latest = _fetched(victim, after.now_ms + CLOCK_GRAIN_MS)
        if fetched - 1 <= thief.begin <= latest + 1:
            expect(not _could_be_split(transition, call, victim), "{} could be split", victim)
            return
    expect(
        thief.begin - fetched >= call.minimum_bytes - 1,
        "{} leaves too little to {}, which has fetched {}", thief, victim, fetched,
    )  # fmt: skip
    expect(thief.end - thief.begin >= call.minimum_bytes, "{} is hardly worth a theft", thief)
    latest = _fetched(victim, after.now_ms + CLOCK_GRAIN_MS)
    low, high = (fetched + victim.end) / 2 - _ALIGNMENT, (latest + victim.end) / 2 + _ALIGNMENT
    expect(low <= thief.begin <= high, "{} does not halve what is left of {}", thief, victim)
    _check_it_would_end_last(transition, call, victim)


def _check_it_would_end_last(transition: Transition, call: Steal, victim: LiveLease) -> None:
    end_ms = expected_end_ms(victim)
    for lease in transition.before.live.values():
        if lease.token != victim.token and _could_be_split(transition, call, lease):
            is_earlier = expected_end_ms(lease) <= end_ms + 1
            expect(is_earlier, "{} was robbed, but {} would end later", victim, lease)


def expected_end_ms(lease: LiveLease) -> float:
    """Those that stand still never end, all alike; the speed of new ones is guessed."""
    speed = lease.speed if lease.speed >= 0 else _GUESSED_SPEED
    if speed < 1:
        return math.inf
    return lease.last_report_ms + (lease.end - lease.position) / speed * 1000


def _fetched(lease: LiveLease, now_ms: float) -> float:
    """The reported position is a report old."""
    age = max(0.0, now_ms - lease.last_report_ms) / 1000
    return min(lease.end, lease.position + max(0.0, lease.speed) * age)


def _crawls(lease: LiveLease, fetched: float) -> bool:
    """Too slow for the little that it has left."""
    return lease.speed >= 0 and lease.end - fetched > lease.speed * _CRAWL_SECONDS - 1


def _could_be_split(transition: Transition, call: Steal, lease: LiveLease) -> bool:
    """With certainty: a lease near the limit may go either way."""
    if not lease.task_id.startswith("r:"):
        return False
    left = lease.end - _fetched(lease, transition.after.now_ms)
    return left > 2 * max(call.minimum_bytes, lease.speed) + 3 * _ALIGNMENT


def _check_nothing_was_stealable(transition: Transition, call: Steal) -> None:
    before = transition.before
    is_asked = before.status == JobState.RUNNING and not before.pend
    if not is_asked or call.token in before.over or len(before.live) > _STEAL_CANDIDATES:
        return
    for lease in before.live.values():
        can_be = _could_be_split(transition, call, lease)
        expect(not can_be, "{} could have been split and was not", lease)


def check_new(
    transition: Transition, begun: list[LiveLease], worker: str, tokens: set[str]
) -> None:
    before = transition.before
    for lease in begun:
        expect(lease.token in tokens and lease.worker == worker, "{} is for nobody", lease)
        expect(not before.is_used(lease.token), "{}: the token was used before", lease)
        _expect_full_lease(transition, lease)


def check_kept(
    transition: Transition,
    told: Mapping[str, tuple[int, float]] | None = None,
    victim: str | None = None,
    cut: int = 0,
) -> None:
    """Leases that go on: only their own report moves them, only a thief shortens them."""
    told = told or {}
    for old, now in transition.kept():
        position, speed = told.get(old.token, (old.position, old.speed))
        end = cut if old.task_id == victim else old.end
        expected = (old.begin, position, end, old.score, old.worker, speed)
        actual = (now.begin, now.position, now.end, now.score, now.worker, now.speed)
        expect(actual == expected, "{} became {}", old, now)
        if old.token in told:
            earliest = transition.before.now_ms - CLOCK_GRAIN_MS
            expect(now.last_report_ms >= earliest, "{} has not reported", now)
        else:
            expect(now.last_report_ms == old.last_report_ms, "{} became {}", old, now)
        _check_deadline(transition, old, now, renewed=old.token in told)


def _check_deadline(
    transition: Transition, old: LiveLease, now: LiveLease, *, renewed: bool
) -> None:
    if renewed or transition.must_forgive:
        _expect_full_lease(transition, now)
    elif now.deadline_ms != old.deadline_ms:
        was_beyond = old.deadline_ms > transition.before.now_ms + LEASE_MS
        expect(was_beyond, "the deadline of {} moved to {}", old, now.deadline_ms)
        _expect_full_lease(transition, now)


def _expect_full_lease(transition: Transition, lease: LiveLease) -> None:
    earliest = transition.before.now_ms + LEASE_MS - CLOCK_GRAIN_MS
    latest = transition.after.now_ms + LEASE_MS + CLOCK_GRAIN_MS
    expect(earliest <= lease.deadline_ms <= latest, "{} has no full lease from now on", lease)
