"""In which order workers stand, and that they stand still while somebody aims at one."""

import re
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from typing import Final

from hfdl_core.models import WorkerState, WorkerView
from hfdl_tui.dashboard.view.store import Store, key_of
from hfdl_tui.dashboard.view.workers.worker_now import is_draining

BY_TROUBLE: Final = "state"

_DIGITS: Final = re.compile(r"([0-9]{1,18})")
_RANKS: Final = {
    WorkerState.LOST: 0,
    WorkerState.STEPPED_ASIDE: 1,
    WorkerState.DUPLICATE: 2,
    WorkerState.LATE: 3,
    WorkerState.LEFT: 7,
}
_SLOW, _DRAINING, _WELL = 4, 5, 6


def trouble(store: Store, worker: WorkerView) -> int:
    """What needs somebody comes first, who left last."""
    rank = _RANKS.get(worker.status)
    if rank is not None:
        return rank
    if store.is_slow(worker):
        return _SLOW
    return _DRAINING if is_draining(store, worker) else _WELL


_SortKey = Callable[[Store, WorkerView], float]
_BY_FIGURE: Final[Mapping[str, _SortKey]] = {
    BY_TROUBLE: trouble,
    "rate": lambda store, worker: store.history(worker).smoothed,
    "lanes": lambda _, worker: len(worker.lanes),
    "beat": lambda store, worker: store.beat_age(worker),
    "errors": lambda _, worker: worker.errors,
}


class WorkerOrder:
    """Remembers the order shown last."""

    def __init__(self) -> None:
        self.by = BY_TROUBLE  # the key of a column
        self.reverse = False
        self._shown: list[WorkerView] = []

    def of(self, store: Store, workers: Iterable[WorkerView], *, hold: bool) -> list[WorkerView]:
        """While held, nobody changes places; who is new stands at the end."""
        ordered = self._sorted(store, workers)
        if hold:
            places = {key_of(worker): place for place, worker in enumerate(self._shown)}
            end = len(places)
            ordered.sort(key=lambda worker: places.get(key_of(worker), end))
        self._shown = ordered
        return ordered

    def _sorted(self, store: Store, workers: Iterable[WorkerView]) -> list[WorkerView]:
        """Among equals by id, whichever way round."""
        ordered = sorted(workers, key=lambda worker: natural(worker.worker_id))
        figure = _BY_FIGURE.get(self.by)
        if figure is not None:
            ordered.sort(key=lambda worker: figure(store, worker), reverse=self.reverse)
        elif self.by == "host":
            ordered.sort(key=lambda worker: natural(worker.host), reverse=self.reverse)
        elif self.reverse:
            ordered.reverse()
        return ordered


@lru_cache(maxsize=4096)
def natural(text: str) -> tuple[tuple[int, str], ...]:
    """Sorts `w-2` before `w-10`."""
    parts = _DIGITS.split(text)  # every second one is digits
    return tuple((int(part), "") if at % 2 else (-1, part) for at, part in enumerate(parts))
