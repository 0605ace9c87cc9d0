"""The page of files over a million of them, by its keys: how long each answer takes.

Called by dashboard_files. Bars: 0.3 s for the page, a folder of 100,000 and the last letter of a
filter; 50 ms for which the event loop does not turn while somebody types.
"""

import asyncio
import time
from collections.abc import Callable

from textual.pilot import Pilot
from typing_extensions import override

from hfdl_core.hub import RepoSnapshot
from hfdl_tui.dashboard.view.browser import Listener, Listing
from hfdl_tui.dashboard.view.file_index import FileIndex
from tests.dashboard.fake_browser import FakeBrowser, a_repo
from tests.dashboard.fakes import FakeSource, a_job, a_view
from tests.dashboard.running import running
from tests.dashboard.screen import screen_text

_SIZE = (160, 50)
_LETTER_SECONDS = 0.08
_PATIENCE_SECONDS = 20.0
_TURN_SECONDS = 0.002


class IndexBrowser(FakeBrowser):
    """Has listed the repo already."""

    def __init__(self, index: FileIndex) -> None:
        super().__init__()
        self._index = index

    @override
    def open(self, text: str, revision: str | None, listener: Listener) -> Listing | None:
        snapshot: RepoSnapshot = a_repo(text)
        return Listing(snapshot, self._index, is_complete=True, refused=None, path=None)


class Loop:
    """Remembers the longest time for which the event loop did not turn."""

    def __init__(self) -> None:
        self.worst = 0.0
        self._task = asyncio.create_task(self._turn())

    async def _turn(self) -> None:
        while True:
            began = time.perf_counter()
            await asyncio.sleep(_TURN_SECONDS)
            self.worst = max(self.worst, time.perf_counter() - began - _TURN_SECONDS)

    def end(self) -> None:
        self._task.cancel()


def measure_page(index: FileIndex) -> None:
    asyncio.run(_measure(index))


async def _measure(index: FileIndex) -> None:
    source = FakeSource(a_view([a_job()]))
    async with running(source, _SIZE, IndexBrowser(index)) as (_, pilot):
        loop = Loop()
        await pilot.press("o")
        await _shown(pilot, "Which repo")
        await pilot.press(*"acme/big")
        await _step(pilot, loop, "page: open a repo that is listed", ["enter"], "  ▸ big/")
        await _shown(pilot, "free  ")
        await pilot.press("1")
        await _shown(pilot, "Throughput")
        await _step(pilot, loop, "page: go to Files", ["2"], "  ▸ big/")
        await _step(pilot, loop, "page: open a folder of 100,000", ["right"], "record-0000030")
        await _step(pilot, loop, "page: to its end", ["G"], "data/")
        await _step(pilot, loop, "page: sort it by size", ["g", ">"], "SIZE ▲")
        await _step(pilot, loop, "page: by name again", ["<"], "NAME ▲")
        await _filter(pilot, loop)
        loop.end()


async def _filter(pilot: Pilot[int], loop: Loop) -> None:
    await pilot.press("slash")
    for letter in "cord-009":
        await pilot.press(letter)
        await asyncio.sleep(_LETTER_SECONDS)
    await _step(pilot, loop, "page: the last of 9 letters", ["9"], "1,000 of 1,000,000")
    await pilot.press("enter")
    await pilot.pause()
    await _step(pilot, loop, "page: mark all that was found", ["a"], " 1,000 files")
    await pilot.press("slash", *["backspace"] * 9, *"9")
    await _shown(pilot, "first 2,000 shown")
    await pilot.press("enter")
    await pilot.pause()
    loop.worst = 0.0
    await _step(pilot, loop, "page: mark half a million", ["a"], "▣")
    await _shown(pilot, "free  ")
    print(f"{'page: loop while the disk is looked at':<40} {1000 * loop.worst:5.0f} ms")


async def _step(pilot: Pilot[int], loop: Loop, name: str, keys: list[str], expected: str) -> None:
    """From the last key until it can be read; `worst` counts what was done since the last step."""
    began = time.perf_counter()
    await pilot.press(*keys)
    await _shown(pilot, expected)
    took = time.perf_counter() - began
    print(f"{name:<40} {took:7.3f} s   the loop stands at most {1000 * loop.worst:5.0f} ms")
    loop.worst = 0.0


async def _shown(pilot: Pilot[int], text: str) -> None:
    end = time.perf_counter() + _PATIENCE_SECONDS
    is_shown: Callable[[], bool] = lambda: text in screen_text(pilot.app)  # noqa: E731
    while not is_shown():
        assert time.perf_counter() < end, screen_text(pilot.app)
        await asyncio.sleep(0.01)
