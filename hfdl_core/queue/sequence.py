"""Notices that Redis went back in time, from the sequence numbers of its answers."""

import threading
from dataclasses import dataclass
from enum import Enum, auto
from typing import Final

# Numbers of one era are exact in Lua for thousands of eras.
ERA: Final = 10**12


class Verdict(Enum):
    """What an answer's sequence number says."""

    RISING = auto()
    WENT_BACK = auto()  # Redis lost its tail; nobody else may know of it yet
    NEW_ERA = auto()  # Redis lost its tail; somebody else noticed before


@dataclass(frozen=True, slots=True)
class Mark:
    """What was known of a job just before a call was sent."""

    seq: int
    rollbacks: int


class SequenceWatch:
    """The highest sequence number seen per job record; safe to use from several threads.

    Every mutation raises a job's sequence number. An answer at or below what was known before its
    call was sent comes from a server that has lost the tail of its log since. While others work
    the numbers soon pass what a quiet worker knew: so who notices begins a new era of numbers,
    and whoever knows one of another era knows of the loss, too.
    """

    def __init__(self) -> None:
        self._marks: dict[str, Mark] = {}
        self._lock = threading.Lock()

    def before(self, epoch: str) -> Mark:
        with self._lock:
            return self._marks.get(epoch, Mark(0, 0))

    def after(self, epoch: str, sent: Mark, answered: int) -> Verdict:
        """Note an answer; the first one that shows a rollback is adopted."""
        with self._lock:
            known = self._marks.get(epoch, Mark(0, 0))
            if known.rollbacks != sent.rollbacks:
                # Another thread noticed it meanwhile; this answer may be of before or after.
                return Verdict.RISING
            verdict = _verdict(sent.seq, answered)
            if verdict is Verdict.RISING:
                self._marks[epoch] = Mark(max(known.seq, answered), known.rollbacks)
            else:
                self._marks[epoch] = Mark(answered, known.rollbacks + 1)
            return verdict

    def adopt(self, epoch: str, seq: int) -> None:
        """The era that this process itself has begun is no news to it."""
        with self._lock:
            known = self._marks.get(epoch, Mark(0, 0))
            self._marks[epoch] = Mark(seq, known.rollbacks + 1)


def _verdict(known: int, answered: int) -> Verdict:
    if answered <= known:
        return Verdict.WENT_BACK
    if known and answered // ERA != known // ERA:
        return Verdict.NEW_ERA
    return Verdict.RISING
