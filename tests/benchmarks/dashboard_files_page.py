"""The page of files over a million of them, by its keys: how long each answer takes.

Called by dashboard_files. Bars: 0.3 s for the page, a folder of 100,000 and the last letter of a
filter; 50 ms for which the event loop does not turn. A busy machine makes it stand longer, but adds
nothing to its own processor time: that is told, too.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager
from functools import partial
from itertools import islice

from textual.events import Key
from textual.pilot import Pilot
from typing_extensions import override

from hfdl_core.models import RepoFile
from hfdl_tui.dashboard.app import HfdlApp
from hfdl_tui.dashboard.garbage import keep_what_is_loaded
from hfdl_tui.dashboard.lines import Lines
from hfdl_tui.dashboard.repo.file_rows import FileRows
from hfdl_tui.dashboard.view.files.browser import Listener, Listing
from hfdl_tui.dashboard.view.files.index_builder import IndexBuilder
from tests.benchmarks.loop_turns import Turns
from tests.dashboard.fake_browser import FakeBrowser, a_repo
from tests.dashboard.fakes import FakeSource, a_job, a_view
from tests.dashboard.running import running
from tests.dashboard.screen import screen_text

_SIZE = (160, 50)
_LETTER_SECONDS = 0.08
_PATIENCE_SECONDS = 20.0
_SETTLE_SECONDS = 0.1
_LOOK_SECONDS = 0.002
_TELL_SECONDS = 0.5
_FILES_AT_ONCE = 1000
BIG_FOLDER = 100_000


class ListedBrowser(FakeBrowser):
    """Has listed the repo already; goes on with `more` for as long as there are any."""

    def __init__(self, builder: IndexBuilder, more: Iterator[RepoFile]) -> None:
        super().__init__()
        self._builder, self._more = builder, more

    @override
    def open(self, text: str, revision: str | None, listener: Listener) -> Listing | None:
        while page := list(islice(self._more, _FILES_AT_ONCE)):
            listener.on_listing(self._listing(text, is_complete=False))
            if listener.stop.wait(_TELL_SECONDS):
                return None
            self._builder.add(page)
        return self._listing(text, is_complete=True)

    def _listing(self, text: str, *, is_complete: bool) -> Listing:
        return Listing(a_repo(text), self._builder.index(), is_complete, refused=None, path=None)


def measure_page(builder: IndexBuilder, more: Iterator[RepoFile]) -> None:
    """`more` come after all that the builder has."""
    keep_what_is_loaded()  # as the dashboard does
    asyncio.run(_measure(builder, more))


class Stage:
    """The dashboard with the repo in it. What is read off it costs the event loop little."""

    def __init__(self, app: HfdlApp, pilot: Pilot[int], turns: Turns) -> None:
        self.app, self.pilot, self._turns = app, pilot, turns

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

    async def type(self, letters: str) -> None:
        """At a person's pace: the pilot would wait after each letter until no thread works."""
        for letter in letters:
            self.app.post_message(Key(letter, letter))
            await asyncio.sleep(_LETTER_SECONDS)

    @asynccontextmanager
    async def measured(self, name: str) -> AsyncIterator[None]:
        await self._settle()
        self._turns.take()
        began = time.perf_counter()
        yield
        took = time.perf_counter() - began
        await self._settle()
        found = self._turns.take()
        wall, own = found.longest.wall, max(found.own, default=0.0)
        print(
            f"page: {name:<34} {took:7.3f} s   the loop stands at most {wall:5.0f} ms,"
            f" works at most {own:5.0f} ms"
        )

    async def step(self, name: str, keys: Sequence[str], is_done: Callable[[], bool]) -> None:
        """From the first key until it is done and painted."""
        async with self.measured(name):
            pressed = asyncio.create_task(self.pilot.press(*keys))
            await self.wait(is_done)
        await pressed

    async def wait(self, is_done: Callable[[], bool]) -> None:
        end = time.perf_counter() + _PATIENCE_SECONDS
        while not is_done():
            assert time.perf_counter() < end, screen_text(self.app)
            await asyncio.sleep(_LOOK_SECONDS)
        is_painted = asyncio.Event()
        self.app.screen.call_after_refresh(is_painted.set)
        await is_painted.wait()

    async def _settle(self) -> None:
        await self.pilot.pause(_SETTLE_SECONDS)


@asynccontextmanager
async def _stage(builder: IndexBuilder, more: Iterator[RepoFile]) -> AsyncIterator[Stage]:
    source = FakeSource(a_view([a_job()]))
    async with running(source, _SIZE, ListedBrowser(builder, more)) as (app, pilot):
        turns = Turns()
        watch = asyncio.create_task(turns.watch())
        yield Stage(app, pilot, turns)
        watch.cancel()


async def _measure(builder: IndexBuilder, more: Iterator[RepoFile]) -> None:
    count = f"{len(builder):,}"
    async with _stage(builder, iter(())) as stage:
        await _look_around(stage, count)
        await _filter(stage, count)
        await _mark(stage)
    async with _stage(builder, more) as stage:
        await _type_while_it_grows(stage)


async def _look_around(stage: Stage, count: str) -> None:
    async with stage.measured("ask for a repo, the first time"):
        await stage.press("o")
    await stage.press(*"acme/big")
    is_listed = partial(stage.says, "title", f"{count} files")
    await stage.step("open a repo that is listed", ["enter"], is_listed)
    await stage.wait(partial(stage.says, "side", "free"))
    await stage.press("1")
    await stage.step("go to Files", ["2"], is_listed)
    long = partial(stage.is_as_long, BIG_FOLDER)
    await stage.step("open a folder of 100,000", ["right"], long)
    await stage.step("sort it by size", [">"], lambda: stage.table.sort_key == "size")
    await stage.step("by name again", ["<"], lambda: stage.table.sort_key == "name")


async def _filter(stage: Stage, count: str) -> None:
    await stage.press("slash")
    async with stage.measured("type 8 letters of a filter"):
        await stage.type("cord-009")
    found = partial(stage.says, "title", f"1,000 of {count}")
    await stage.step("the last of 9 letters", ["9"], found)
    await stage.press("enter")
    marked = partial(stage.says, "bottom", "1,000 files")
    await stage.step("mark all that was found", ["a"], marked)


async def _mark(stage: Stage) -> None:
    await stage.press("slash", *["backspace"] * 9, *"9")
    await stage.wait(partial(stage.says, "title", "first 2,000 shown"))
    await stage.press("enter")
    await _mark_and_unmark(stage, "half a million")
    await stage.press("escape")
    await _mark_and_unmark(stage, "all")


async def _mark_and_unmark(stage: Stage, what: str) -> None:
    is_looked_at = partial(stage.says, "side", "free")
    await stage.wait(is_looked_at)
    for name in (f"mark {what}", f"unmark {what}"):
        await stage.step(name, ["a"], lambda: not is_looked_at())
        async with stage.measured("while the disk is looked at"):
            await stage.wait(is_looked_at)


async def _type_while_it_grows(stage: Stage) -> None:
    await stage.press("o", *"acme/big", "enter")
    await stage.wait(partial(stage.says, "title", "listing: "))
    await stage.press("right", "space", "slash")
    async with stage.measured("type 8 letters while a listing grows"):
        await stage.type("cord-009")
    found = partial(stage.says, "title", "1,000 of")
    await stage.step("the last of 9 letters", ["9"], found)
    async with stage.measured("look on for 3 s while it grows"):
        await asyncio.sleep(3)
