"""Has a launch estimated on a thread of its own, and forgets answers that nobody wants any more."""

import time
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Final

from hfdl_core.errors import HfdlError
from hfdl_core.master import JobRequest
from hfdl_tui.dashboard.desk import Desk
from hfdl_tui.dashboard.errands import Errand
from hfdl_tui.dashboard.view.files.search import Latest
from hfdl_tui.dashboard.view.launch.launch_estimate import (
    Estimate,
    Filters,
    OutdatedError,
    Question,
    Totals,
    estimate,
)
from hfdl_tui.dashboard.view.launch.launching import LaunchChoice

_TELL_SECONDS: Final = 0.3

IsOutdated = Callable[[], bool]


class Counter:
    """`estimate` is the last one, also while the next is awaited; `is_current` tells which."""

    def __init__(self, desk: Desk, choice: LaunchChoice, on_change: Callable[[], None]) -> None:
        self._source = desk.source
        self._errands = desk.orders.beside("counting")
        self._on_change = on_change
        self._latest = Latest()
        # What was listed already need not be listed again to know how much it is.
        listed = Totals(choice.files, choice.size, is_counted=False)
        self._known: dict[Filters, Totals] = {(choice.include, choice.exclude): listed}
        self.estimate: Estimate | None = None
        self.is_current = False
        self.error: HfdlError | None = None
        self.told = ""  # how far it is

    def distrust(self) -> None:
        """What was counted may be otherwise by now."""
        self._known = {
            filters: replace(totals, is_counted=False) for filters, totals in self._known.items()
        }

    def count(self, request: JobRequest) -> None:
        """Begin anew; `on_change` is called with each step."""
        self.forget()
        is_outdated = self._latest.begin()
        question = Question(request, self._known.get((request.include, request.exclude)))
        self._errands.send(
            Errand(
                partial(self._ask, question, is_outdated),
                partial(self._answered, question, is_outdated),
                partial(self._failed, is_outdated),
            )
        )

    def forget(self) -> None:
        """What is asked now, or was answered, is about something else."""
        self.stop()
        self.is_current = False
        self.error = None
        self.told = ""

    def stop(self) -> None:
        """What is asked now need not be answered."""
        self._latest.begin()

    def end(self) -> None:
        self.stop()
        self._errands.end()

    # --- on the thread --------------------------------------------------------------------------

    def _ask(self, question: Question, is_outdated: IsOutdated) -> Estimate | None:
        told_at = float("-inf")

        def tell(text: str) -> None:
            nonlocal told_at
            is_due = time.monotonic() - told_at >= _TELL_SECONDS
            if is_due or is_outdated():
                told_at = time.monotonic()
                self._say(is_outdated, lambda: self._tell(text))

        def guess(found: Estimate) -> None:
            self._say(is_outdated, lambda: self._take(found))

        try:
            return estimate(self._source, question, tell, guess)
        except OutdatedError:
            return None

    def _say(self, is_outdated: IsOutdated, do: Callable[[], None]) -> None:
        if is_outdated():
            raise OutdatedError
        self._errands.say(lambda: None if is_outdated() else do())

    # --- on the event loop ----------------------------------------------------------------------

    def _answered(
        self, question: Question, is_outdated: IsOutdated, found: Estimate | None
    ) -> None:
        if found is None or is_outdated():
            return
        if found.totals is not None:
            self._known[question.filters] = found.totals
        self._take(found)

    def _failed(self, is_outdated: IsOutdated, error: HfdlError) -> None:
        if is_outdated():
            return
        if not self.is_current:
            self.estimate = None  # the place itself is at fault
        self.error = error
        self._on_change()

    def _take(self, found: Estimate) -> None:
        self.estimate, self.is_current = found, True
        self._on_change()

    def _tell(self, text: str) -> None:
        self.told = text
        self._on_change()
