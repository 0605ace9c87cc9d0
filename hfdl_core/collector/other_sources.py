"""Remembers who brought bytes that proved wrong, so that others bring them the next time."""

import threading
import time
from collections.abc import Callable, Iterable
from typing import Final, NamedTuple

from hfdl_core.errors import OtherSourceWanted
from hfdl_core.handover import Block
from hfdl_core.models import ByteRange

# Where no other machine comes in this time, the same one may try again.
_SECONDS: Final = 30.0


class SourcedBlock(NamedTuple):
    span: ByteRange
    source: str  # worker id


class OtherSources:
    """Thread-safe; holds only files of which a wrong copy came lately."""

    def __init__(
        self, has_others: Callable[[str], bool], clock: Callable[[], float] = time.monotonic
    ) -> None:
        """`has_others` tells whether any worker but this one could bring the bytes."""
        self._has_others = has_others
        self._clock = clock
        self._notes: dict[int, tuple[float, tuple[SourcedBlock, ...]]] = {}
        self._lock = threading.Lock()

    def note(self, index: int, blocks: Iterable[tuple[ByteRange, int, str]]) -> None:
        """These blocks, as they came, make up a wrong file; nobody knows which of them is wrong."""
        sourced = tuple(SourcedBlock(span, source) for span, _, source in blocks)
        with self._lock:
            self._notes[index] = (self._clock() + _SECONDS, sourced)

    def check(self, block: Block, worker: str) -> None:
        """OtherSourceWanted when the worker brought any byte of this block before."""
        if not self._notes:
            return
        with self._lock:
            until, sourced = self._notes.get(block.file.file_index, (0.0, ()))
            if until <= self._clock():
                self._notes.pop(block.file.file_index, None)
                return
        for span, source in sourced:
            is_its_own = source == worker and span.begin < block.end and block.begin < span.end
            if is_its_own and self._has_others(worker):
                raise OtherSourceWanted(
                    "wrong when this machine brought them: another one shall bring these bytes"
                )
