"""What happens in a demo, chapter by chapter, and when."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from threading import Event
from typing import Final

from hfdl_core.models import JobState
from hfdl_tui.demo.look import Look, Span, most_shared, workers_of
from hfdl_tui.wording import figures

# By name and cap in bytes a second; together they need some 85 s for the repo.
WORKERS: Final[Mapping[str, int]] = {
    "ash": 250_000,
    "birch": 400_000,
    "cedar": 500_000,
    "dogwood": 600_000,
    "elm": 750_000,
    "fir": 1_000_000,
}
_DIES: Final = "elm"
_NEWCOMER: Final = "ginkgo"  # instead of the dead one, and as quick

_SPLIT_AT: Final = 10.0
_DEATH_AT: Final = 20.0
_NEWCOMER_AT: Final = 24.0
_FAILURE_AT: Final = 28.5  # the next range is asked for within a few seconds
_REQUEUE_AT: Final = 38.0
_LOOK_SECONDS: Final = 0.2
_TAKEN_SECONDS: Final = 5.0  # how long to watch who takes over from the dead


@dataclass(frozen=True, slots=True)
class Hands:
    """What the story does; how, is not its business."""

    start_worker: Callable[[str, int], None]
    kill: Callable[[str], None]
    refuse_one_range: Callable[[], None]
    requeue: Callable[[], object]
    check: Callable[[], None]  # raises when the show cannot go on


class Stopped(Exception):
    """Somebody asked the story to end."""


class Story:
    """Plays on the thread that calls it; seconds are divided by `pace`, caps multiplied."""

    def __init__(
        self,
        look: Look,
        hands: Hands,
        tell: Callable[[str], None],
        *,
        pace: float = 1.0,
        requeues: bool,
    ) -> None:
        self._look = look
        self._hands = hands
        self._tell = tell
        self._pace = pace
        self._requeues = requeues  # else a person does
        self._stop = Event()
        self._began = time.monotonic()
        self._last_in_hand: tuple[Span, ...] = ()  # of the worker that died

    def stop(self) -> None:
        """From any thread."""
        self._stop.set()

    def play(self) -> JobState:
        """Until the job has ended; how it did. Stopped when it was asked to end before."""
        self._until(lambda: len(workers_of(self._look.in_hand())) == len(WORKERS))
        self._began = time.monotonic()
        snapshot = self._look.snapshot()
        self._say(
            f"job {snapshot.job_id}: {figures.files(snapshot.files_total)}, "
            f"{figures.size(snapshot.bytes_total)}, {len(WORKERS)} workers at "
            f"{figures.rate(sum(WORKERS.values()) * self._pace)} together"
        )
        for at, chapter in (
            (_SPLIT_AT, self._split),
            (_DEATH_AT, self._death),
            (_NEWCOMER_AT, self._newcomer),
            (_FAILURE_AT, self._failure),
            (_REQUEUE_AT, self._requeue),
            (0.0, self._end),
        ):
            self._wait(self._began + at / self._pace - time.monotonic())
            self._say(chapter())
        return self._look.snapshot().state

    def _split(self) -> str:
        path, workers = most_shared(self._look.in_hand())
        return f"{path} comes through {len(workers)} workers at once: {', '.join(workers)}"

    def _death(self) -> str:
        self._last_in_hand = tuple(span for span in self._look.in_hand() if span.worker == _DIES)
        self._hands.kill(_DIES)
        ranges = _ranges(len(self._last_in_hand))
        return f"{_DIES} is killed (kill -9) with {ranges} in hand"

    def _newcomer(self) -> str:
        self._hands.start_worker(_NEWCOMER, round(WORKERS[_DIES] * self._pace))
        self._until(lambda: _DIES not in workers_of(self._look.in_hand()))
        heirs = self._heirs()
        now = f": now in the hands of {' and '.join(heirs)}" if heirs else ""
        return f"{_NEWCOMER} joins, and gives back what {_DIES} held{now}"

    def _heirs(self) -> list[str]:
        """Who takes what the dead had left; what is taken and done between two looks is missed."""
        open_spans, heirs = list(self._last_in_hand), list[Span]()

        def all_taken() -> bool:
            in_hand = self._look.in_hand()
            for span in tuple(open_spans):
                if takers := [other for other in in_hand if other.shares_bytes_with(span)]:
                    heirs.extend(takers)
                    open_spans.remove(span)
            return not open_spans

        self._until(all_taken, at_most_seconds=_TAKEN_SECONDS / self._pace)
        return workers_of(heirs)

    def _failure(self) -> str:
        self._hands.refuse_one_range()
        self._until(lambda: bool(self._look.failed()) or self._has_ended())
        for task in self._look.failed():
            return f"{task.error}; in the dashboard: 4, then r"
        return "the job ended before anything could fail"

    def _requeue(self) -> str:
        if not self._look.failed():
            return "nothing is left to requeue"
        if self._requeues:
            self._hands.requeue()
        self._until(lambda: not self._look.failed() or self._has_ended())
        return "requeued: it is tried again"

    def _end(self) -> str:
        self._until(self._has_ended)
        snapshot = self._look.snapshot()
        return (
            f"the job is {snapshot.state}: {snapshot.files_completed} of "
            f"{figures.files(snapshot.files_total)} verified"
        )

    def _has_ended(self) -> bool:
        # One with failed files goes on when they are requeued.
        snapshot = self._look.snapshot()
        return snapshot.state in {JobState.COMPLETED, JobState.CANCELLED}

    def _say(self, text: str) -> None:
        self._tell(f"{time.monotonic() - self._began:3.0f} s  {text}")

    def _until(self, happened: Callable[[], bool], *, at_most_seconds: float | None = None) -> None:
        began = time.monotonic()
        while not happened():
            self._hands.check()
            if at_most_seconds is not None and time.monotonic() - began > at_most_seconds:
                return
            self._wait(_LOOK_SECONDS)

    def _wait(self, seconds: float) -> None:
        if self._stop.wait(max(0.0, seconds)):
            raise Stopped


def _ranges(number: int) -> str:
    return "1 range" if number == 1 else f"{number} ranges"
