"""Notices that Redis went back in time, from the sequence numbers of its answers."""

import threading
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Mark:
    """What was known of a job just before a call was sent."""

    seq: int
    rollbacks: int


class SequenceWatch:
    """The highest sequence number seen per job record; safe to use from several threads.

    Every mutation raises a job's sequence number. An answer at or below what was known before its
    call was sent comes from a server that has lost the tail of its log since.
    """

    def __init__(self) -> None:
        self._marks: dict[str, Mark] = {}
        self._lock = threading.Lock()

    def before(self, epoch: str) -> Mark:
        with self._lock:
            return self._marks.get(epoch, Mark(0, 0))

    def after(self, epoch: str, sent: Mark, answered: int) -> bool:
        """Note an answer; False for the first one that shows a rollback, which is adopted."""
        with self._lock:
            known = self._marks.get(epoch, Mark(0, 0))
            if known.rollbacks != sent.rollbacks:
                # Another thread noticed it meanwhile; this answer may be of before or after.
                return True
            if answered <= sent.seq:
                self._marks[epoch] = Mark(answered, known.rollbacks + 1)
                return False
            self._marks[epoch] = Mark(max(known.seq, answered), known.rollbacks)
            return True
