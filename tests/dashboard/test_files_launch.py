"""From the page of files to the dialog that asks: what `n` takes."""

import threading
from collections.abc import Sequence

import pytest
from typing_extensions import override

from hfdl_core.errors import HubUnavailable
from hfdl_core.models import RepoFile
from hfdl_tui.dashboard.dialogs.launch import LaunchDialog
from hfdl_tui.dashboard.view.files.browser import Listener, Listing
from hfdl_tui.dashboard.view.files.path_table import Chunk, PathTable
from tests.dashboard.fake_browser import FakeBrowser
from tests.dashboard.fakes import FakeSource, a_view, a_worker
from tests.dashboard.opened_repo import open_repo, some_files
from tests.dashboard.running import running
from tests.dashboard.screen import awaited, until, until_shown


class SlowPaths(PathTable):
    """A search of them ends when the gate is open."""

    def __init__(self, paths: PathTable, gate: threading.Event) -> None:
        super().__init__(paths._chunks, len(paths))
        self.gate = gate

    @override
    def chunks(self) -> Sequence[Chunk]:
        self.gate.wait()
        return super().chunks()


class SlowSearch(FakeBrowser):
    """Its repo is too large to be searched while the search gate is closed."""

    def __init__(self) -> None:
        super().__init__(some_files())
        self.search_gate = threading.Event()
        self.search_gate.set()

    @override
    def open(self, text: str, revision: str | None, listener: Listener) -> Listing | None:
        listing = super().open(text, revision, listener)
        assert listing is not None
        listing.index.paths = SlowPaths(listing.index.paths, self.search_gate)
        return listing


@awaited
async def test_n_hands_the_picks_over_and_nothing_is_ordered() -> None:
    source = FakeSource(a_view(workers=[a_worker()]))
    async with running(source, browser=FakeBrowser(some_files())) as (app, pilot):
        await open_repo(pilot)
        await pilot.press("slash", *"/en/*.json.gz")
        await until_shown(pilot, "32 of 49 files match")
        await pilot.press("enter")
        await pilot.pause()
        await pilot.press("a", "n")
        await until(pilot, lambda: isinstance(app.screen, LaunchDialog))

        await until(pilot, lambda: bool(source.requests))
        request = source.requests[-1]
        assert (request.repo, request.include, request.exclude) == (
            "acme/c4",
            ("en/*.json.gz",),
            (),
        )
        assert source.orders == []


@awaited
async def test_with_nothing_picked_n_takes_what_the_filter_finds() -> None:
    source = FakeSource(a_view(workers=[a_worker()]))
    async with running(source, browser=FakeBrowser(some_files())) as (app, pilot):
        await open_repo(pilot)
        await pilot.press("slash", *"/en/*.json.gz", "enter", "n")  # faster than it is searched
        await until(pilot, lambda: isinstance(app.screen, LaunchDialog))

        await until(pilot, lambda: bool(source.requests))
        request = source.requests[-1]
        assert (request.include, request.exclude) == (("en/*.json.gz",), ())
        assert source.orders == []
        await pilot.press("escape")
        await until_shown(pilot, "nothing picked: n takes the 32 files found")


@awaited
async def test_n_takes_nothing_where_the_filter_finds_nothing_or_means_nothing() -> None:
    async with running(FakeSource(), browser=FakeBrowser(some_files())) as (app, pilot):
        await open_repo(pilot)
        await pilot.press("slash", *"nowhere", "enter")
        await until_shown(pilot, "0 of 49 files match")
        await pilot.press("n")
        await until_shown(pilot, "the filter finds no file")

        await pilot.press("slash", *["backspace"] * 7, *"re:(", "enter")
        await until_shown(pilot, "no regular expression")
        await pilot.press("n")
        await until_shown(pilot, "the filter cannot be used")
        assert not isinstance(app.screen, LaunchDialog)


@awaited
async def test_with_nothing_picked_n_takes_all() -> None:
    source = FakeSource()
    async with running(source, browser=FakeBrowser(some_files())) as (app, pilot):
        await open_repo(pilot)
        await until_shown(pilot, "nothing picked: n takes all 49 files")
        await pilot.press("n")
        await until(pilot, lambda: isinstance(app.screen, LaunchDialog))

        await until(pilot, lambda: bool(source.requests))
        assert (source.requests[-1].include, source.requests[-1].exclude) == ((), ())


@awaited
async def test_read_only_launches_nothing() -> None:
    browser = FakeBrowser(some_files())
    async with running(FakeSource(), browser=browser, read_only=True) as (app, pilot):
        await open_repo(pilot)
        await pilot.press("n")

        await until_shown(pilot, "read-only: start hfdl without --read-only")
        assert not isinstance(app.screen, LaunchDialog)


@awaited
async def test_n_waits_for_the_filter_that_is_searched_and_says_so() -> None:
    browser, source = SlowSearch(), FakeSource()
    async with running(source, browser=browser) as (app, pilot):
        await open_repo(pilot)
        await pilot.press("slash", *"json.gz", "enter")
        await until_shown(pilot, "n takes the 47 files found")
        browser.search_gate.clear()
        await pilot.press("slash", "home", ".", "enter")  # finds the same files
        await until_shown(pilot, "nothing picked: n takes what is found")
        await pilot.press("n")
        await until_shown(pilot, "looking at what is picked")
        assert not isinstance(app.screen, LaunchDialog)

        browser.search_gate.set()
        await until(pilot, lambda: isinstance(app.screen, LaunchDialog))


@awaited
@pytest.mark.parametrize(
    ("keys", "back"),
    [(["escape"], []), (["slash"], ["enter"]), (["space"], []), (["o", "escape"], [])],
)
async def test_n_is_forgotten_when_something_else_is_done_before_the_answer(
    keys: list[str], back: list[str]
) -> None:
    browser, source = SlowSearch(), FakeSource()
    async with running(source, browser=browser) as (app, pilot):
        await open_repo(pilot)
        browser.search_gate.clear()
        await pilot.press("slash", *"/en/*.gz", "enter", "n")
        await until_shown(pilot, "looking at what is picked")
        await pilot.press(*keys)
        browser.search_gate.set()
        await pilot.press(*back)

        await until_shown(pilot, "free")  # what is picked now has been weighed
        assert not isinstance(app.screen, LaunchDialog)
        assert source.requests == []


@awaited
async def test_a_does_not_pick_what_the_filter_does_not_mean() -> None:
    browser = SlowSearch()
    async with running(FakeSource(), browser=browser) as (_, pilot):
        await open_repo(pilot)
        browser.search_gate.clear()
        await pilot.press("slash", *"/en/*.gz", "enter", "a")
        await until_shown(pilot, "still searching")
        browser.search_gate.set()
        await until_shown(pilot, "n takes the 32 files found")


@awaited
async def test_a_click_leaves_the_line_with_what_was_typed() -> None:
    source = FakeSource()
    async with running(source, browser=FakeBrowser(some_files())) as (app, pilot):
        table = await open_repo(pilot)
        await pilot.press("slash", *"/en/*.gz")
        await pilot.click(table, offset=(20, 2))
        await until_shown(pilot, "n takes the 32 files found")
        await pilot.press("n")
        await until(pilot, lambda: isinstance(app.screen, LaunchDialog))
        await until(pilot, lambda: bool(source.requests))
        assert source.requests[-1].include == ("en/*.gz",)


@awaited
async def test_what_an_inverted_glob_finds_is_a_job_without_the_glob() -> None:
    source = FakeSource()
    async with running(source, browser=FakeBrowser(some_files())) as (app, pilot):
        await open_repo(pilot)
        await pilot.press("slash", *"!*.gz", "enter", "n")
        await until(pilot, lambda: isinstance(app.screen, LaunchDialog))
        await until(pilot, lambda: bool(source.requests))
        request = source.requests[-1]
        assert (request.include, request.exclude) == ((), ("*.gz",))


@awaited
async def test_listing_anew_forgets_the_filter_too() -> None:
    browser = FakeBrowser([RepoFile("a.gz", 1, ""), RepoFile("b.txt", 2, "")])
    async with running(FakeSource(), browser=browser) as (app, pilot):
        await open_repo(pilot)
        await pilot.press("slash", *"gz", "enter")
        await until_shown(pilot, "n takes the file found")
        browser.problem = HubUnavailable("the Hub is away")
        await pilot.press("o", *"acme/c4", "enter")
        await until_shown(pilot, "the Hub is away")
        browser.problem = None
        await pilot.press("ctrl+r")
        await until_shown(pilot, "n takes all 2 files")
        assert not app.page.query_one("FilterLine").display  # type: ignore[union-attr]
