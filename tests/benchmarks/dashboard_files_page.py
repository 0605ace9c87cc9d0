"""The page of files over a million of them, by its keys: how long each answer takes.

Called by dashboard_files. Bars: 0.3 s for the page, a folder of 100,000 and the last letter of a
filter; 50 ms for which the event loop does not turn while somebody types.
"""

import asyncio
import time
from collections.abc import Callable, Sequence
from functools import partial

from textual.pilot import Pilot
from typing_extensions import override

from hfdl_core.hub import RepoSnapshot
from hfdl_tui.dashboard.app import HfdlApp
from hfdl_tui.dashboard.lines import Lines
from hfdl_tui.dashboard.repo.file_rows import FileRows
from hfdl_tui.dashboard.view.files.browser import Listener, Listing
from hfdl_tui.dashboard.view.files.file_index import FileIndex
from tests.dashboard.fake_browser import FakeBrowser, a_repo
from tests.dashboard.fakes import FakeSource, a_job, a_view
from tests.dashboard.running import running
from tests.dashboard.screen import screen_text

_SIZE = (160, 50)
_LETTER_SECONDS = 0.08
_PATIENCE_SECONDS = 20.0
_TURN_SECONDS = 0.002
BIG_FOLDER = 100_000


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


class Stage:
    """The dashboard with the repo in it. What is read off it costs the event loop nothing."""

    def __init__(self, app: HfdlApp, pilot: Pilot[int], loop: Loop) -> None:
        self.app, self.pilot, self.loop = app, pilot, loop

    @property
    def table(self) -> FileRows:
        return self.app.screen.query_one("#files", FileRows)

    def says(self, line: str, text: str) -> bool:
        found = self.app.screen.query(f"#files-{line}").results(Lines)
        return any(text in each.text for each in found)

    def is_as_long(self, rows: int) -> bool:
        return self.table.virtual_size.height > rows

    async def press(self, *keys: str) -> None:
        await self.pilot.press(*keys)
        await self.pilot.pause()

    async def step(self, name: str, keys: Sequence[str], is_done: Callable[[], bool]) -> None:
        """From the first key until it is done; the loop's worst is of all since the last step."""
        began = time.perf_counter()
        await self.pilot.press(*keys)
        await self.wait(is_done)
        took, worst = time.perf_counter() - began, 1000 * self.loop.worst
        print(f"{name:<40} {took:7.3f} s   the loop stands at most {worst:5.0f} ms")
        self.loop.worst = 0.0

    async def wait(self, is_done: Callable[[], bool]) -> None:
        end = time.perf_counter() + _PATIENCE_SECONDS
        while not is_done():
            assert time.perf_counter() < end, screen_text(self.app)
            await asyncio.sleep(_TURN_SECONDS)
        await self.pilot.pause()


async def _measure(index: FileIndex) -> None:
    source = FakeSource(a_view([a_job()]))
    async with running(source, _SIZE, IndexBrowser(index)) as (app, pilot):
        loop = Loop()
        stage = Stage(app, pilot, loop)
        await stage.press("o")
        await stage.press(*"acme/big")
        is_listed = partial(stage.says, "title", f"{len(index):,} files")
        await stage.step("page: open a repo that is listed", ["enter"], is_listed)
        await stage.wait(partial(stage.says, "side", "free"))
        await stage.press("1")
        await stage.step("page: go to Files", ["2"], is_listed)
        long = partial(stage.is_as_long, BIG_FOLDER)
        await stage.step("page: open a folder of 100,000", ["right"], long)
        await stage.step("page: sort it by size", [">"], lambda: stage.table.sort_key == "size")
        await stage.step("page: by name again", ["<"], lambda: stage.table.sort_key == "name")
        await _filter(stage)
        loop.end()


async def _filter(stage: Stage) -> None:
    await stage.press("slash")
    stage.loop.worst = 0.0
    for letter in "cord-009":
        await stage.press(letter)
        await asyncio.sleep(_LETTER_SECONDS)
    found = partial(stage.says, "title", "1,000 of 1,000,000")
    await stage.step("page: the last of 9 letters", ["9"], found)
    await stage.press("enter")
    marked = partial(stage.says, "bottom", "1,000 files")
    await stage.step("page: mark all that was found", ["a"], marked)
    await stage.press("slash", *["backspace"] * 9, *"9")
    await stage.wait(partial(stage.says, "title", "first 2,000 shown"))
    await stage.press("enter")
    stage.loop.worst = 0.0
    many = partial(stage.says, "side", "410.0 GB")
    await stage.step("page: mark half a million", ["a"], lambda: not many())
    await stage.wait(partial(stage.says, "side", "free"))
    worst = 1000 * stage.loop.worst
    print(f"{'page: while the disk is looked at':<40} the loop stands at most {worst:5.0f} ms")
