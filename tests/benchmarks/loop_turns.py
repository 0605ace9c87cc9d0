"""For how long an event loop did not turn, and whose time that was: its own, or the machine's.

`python -m tests.benchmarks.loop_turns FILE SECONDS` is the control: a loop that has nothing to do.
"""

import asyncio
import json
import sys
import time
from pathlib import Path
from typing import NamedTuple, Self

_TURN_SECONDS = 0.005
_NOTED = 1.0  # milliseconds: shorter ones are no block


class Block(NamedTuple):
    """In milliseconds; what neither this thread nor the others used, the machine gave away."""

    wall: float
    own: float  # processor time of the loop's thread
    others: float  # of the other threads of the process, which share its interpreter lock


class Turns:
    """Measures from when `watch` is begun until it is cancelled."""

    def __init__(self) -> None:
        self._blocks: list[Block] = []

    async def watch(self) -> None:
        while True:
            wall, own, both = time.monotonic(), time.thread_time(), time.process_time()
            await asyncio.sleep(_TURN_SECONDS)
            own = time.thread_time() - own
            both = time.process_time() - both
            late = time.monotonic() - wall - _TURN_SECONDS
            block = Block(1000 * late, 1000 * own, 1000 * (both - own))
            if max(block) > _NOTED:
                self._blocks.append(block)

    def take(self) -> "Found":
        """Those since it was last asked."""
        found, self._blocks = Found(self._blocks), []
        return found

    def write(self, path: Path) -> None:
        path.write_text(json.dumps(self._blocks))


class Found:
    """The blocks of some time, or what a process has written."""

    def __init__(self, blocks: list[Block]) -> None:
        self._blocks = blocks

    @classmethod
    def read(cls, path: Path) -> Self:
        return cls([Block(*each) for each in json.loads(path.read_text())])

    @property
    def longest(self) -> Block:
        """By the clock on the wall."""
        return max(self._blocks, key=lambda block: block.wall, default=Block(0, 0, 0))

    @property
    def own(self) -> list[float]:
        """Processor time of the loop alone, most first."""
        return sorted((block.own for block in self._blocks), reverse=True)


async def _idle(path: Path, seconds: float) -> None:
    turns = Turns()
    task = asyncio.create_task(turns.watch())
    await asyncio.sleep(seconds)
    task.cancel()
    turns.write(path)


if __name__ == "__main__":
    asyncio.run(_idle(Path(sys.argv[1]), float(sys.argv[2])))
