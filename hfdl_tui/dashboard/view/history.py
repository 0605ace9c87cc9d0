"""What one worker, or the whole fleet, did over the last minutes."""

import statistics
from array import array
from typing import Final

SHOWN_SAMPLES: Final = 60  # of a worker's sparkline
FLEET_SAMPLES: Final = 900  # seconds of the throughput chart
_REMEMBERED: Final = 600  # seconds by which a worker is compared with itself
_SMOOTHING: Final = 0.3
_SETTLE_EVERY: Final = 10  # a median of 600 samples is dear: five hundred workers have one each
_LEAST_SAMPLES: Final = 20  # before that nothing is known of a worker's usual speed
_SLOW_SHARE: Final = 0.3


class SpeedHistory:
    """Smoothed speed, and the speed that is usual, of one worker; one sample a second."""

    def __init__(self) -> None:
        self.smoothed = 0.0
        self._samples = array("d")  # a list of floats would take four times the room
        self._added = 0
        self._median = 0.0
        self._best = 0.0

    def add(self, bytes_per_second: float) -> None:
        before = self.smoothed if self._samples else bytes_per_second
        self.smoothed = before + _SMOOTHING * (bytes_per_second - before)
        del self._samples[: 1 - _REMEMBERED]
        self._samples.append(self.smoothed)
        self._added += 1
        if self._added % _SETTLE_EVERY == 0:
            working = [sample for sample in self._samples if sample > 0]
            self._median = statistics.median(working) if len(working) >= _LEAST_SAMPLES else 0.0
            self._best = max(working, default=0.0)

    @property
    def recent(self) -> list[float]:
        """At most the last minute, oldest first."""
        return list(self._samples[-SHOWN_SAMPLES:])

    @property
    def best(self) -> float:
        """The highest speed kept up within ten minutes: what its link is known to give."""
        return max(self._best, self.smoothed)

    @property
    def is_slow(self) -> bool:
        """Far below its own usual speed; caps differ, so others' speeds say nothing."""
        return 0 < self.smoothed < _SLOW_SHARE * self._median
