"""The page of files by its keys: a repo is chosen, looked through, and picked from for a job."""

import threading
from collections.abc import Iterable

import pytest
from textual.pilot import Pilot
from typing_extensions import override

from hfdl_core.errors import HubUnavailable
from hfdl_core.hub import SearchHit
from hfdl_core.machine import JobMade, JobsMade
from hfdl_core.models import RepoFile, RepoType
from hfdl_tui.dashboard.app import HfdlApp
from hfdl_tui.dashboard.dialogs.card import Card
from hfdl_tui.dashboard.dialogs.copy_text import CopyText
from hfdl_tui.dashboard.dialogs.detail import Detail
from hfdl_tui.dashboard.view.drawing.glyphs import ASCII
from hfdl_tui.dashboard.view.files.browser import Listener, Listing
from hfdl_tui.wording.printable import printable
from tests.dashboard.fake_browser import FakeBrowser, a_repo
from tests.dashboard.fakes import JOB, MB, FakeSource, a_job, a_view, a_worker
from tests.dashboard.golden import check_golden
from tests.dashboard.opened_repo import open_repo, some_files
from tests.dashboard.repo_files import index_of
from tests.dashboard.running import running, show
from tests.dashboard.screen import awaited, screen_text, until, until_shown, until_still

HIT = SearchHit("acme/c4", RepoType.DATASET, 12345, 6, None, private=False, gated=False)


def browser_of(*paths: str) -> FakeBrowser:
    return FakeBrowser([RepoFile(path, 1000, "") for path in paths])


# --- the question ---------------------------------------------------------------------------------


@awaited
async def test_an_empty_queue_asks_at_once_and_offers_what_the_hub_finds() -> None:
    browser = FakeBrowser(some_files(), hits=[HIT])
    async with running(FakeSource(), browser=browser) as (_, pilot):
        await until_shown(pilot, "Nothing was opened here yet.")
        assert "hfdl demo" in screen_text(pilot.app)

        await pilot.press(*"c4")
        await until_shown(pilot, "12,345 downloads")
        await pilot.press("down", "enter")

        await until_shown(pilot, "acme/c4 @ 1588ec4")
        assert browser.asked == [("search", "c4"), ("open", "datasets/acme/c4")]


@awaited
async def test_a_hub_that_does_not_answer_is_a_quiet_line() -> None:
    browser = FakeBrowser(problem=HubUnavailable("no route to the Hub"))
    async with running(FakeSource(), browser=browser) as (app, pilot):
        await until_shown(pilot, "Which repo?")
        await pilot.press(*"c4")

        await until_shown(pilot, "The Hub cannot be reached: no route to the Hub")
        assert len(app.screen_stack) == 1


@awaited
async def test_what_was_opened_and_what_redis_lost_is_offered_again() -> None:
    JobsMade.of_this_machine().record(
        JobMade(JOB, "acme/old", "hfdl get acme/old", "2026-01-30T10:00:00+00:00", "queue x")
    )
    source = FakeSource()
    source.line = "queue x; because"
    async with running(source, browser=FakeBrowser(some_files())) as (app, pilot):
        await until_shown(pilot, "run again: hfdl get acme/old")
        await open_repo(pilot)
        await pilot.press("o")
        await until_shown(pilot, "models/acme/c4")
        await pilot.press("ctrl+u", "down", "down", "enter")

        await until_shown(pilot, "The same command makes it again")
        await pilot.press("escape", "y")
        await until(pilot, lambda: isinstance(app.screen, CopyText))
        assert "hfdl get acme/old" in screen_text(app)


@awaited
async def test_whoever_has_jobs_is_not_caught_by_the_line() -> None:
    async with running(FakeSource(a_view([a_job()]))) as (app, pilot):
        await pilot.press("2")
        await until_shown(pilot, "Which repo?")
        await pilot.press("3")
        assert app.current_mode == "workers"

        await pilot.press("o")
        await until_shown(pilot, "Which repo?")
        await pilot.press(*"3x")
        await until_shown(pilot, "3x")
        assert app.current_mode == "files"


@awaited
async def test_escape_goes_back_to_the_repo() -> None:
    async with running(FakeSource(), browser=FakeBrowser(some_files())) as (_, pilot):
        table = await open_repo(pilot)
        await pilot.press("o")
        await until_shown(pilot, "Which repo?")
        await pilot.press("escape")

        await until_shown(pilot, "multilingual/")
        await until(pilot, lambda: table.has_focus)


@awaited
async def test_a_revision_is_asked_for() -> None:
    seen: list[str | None] = []

    class Remembering(FakeBrowser):
        @override
        def open(self, text: str, revision: str | None, listener: Listener) -> Listing | None:
            seen.append(revision)
            return super().open(text, revision, listener)

    async with running(FakeSource(), browser=Remembering(some_files())) as (_, pilot):
        await open_repo(pilot, "acme/c4@v1.0")

    assert seen == ["v1.0"]


# --- the tree and its filter ----------------------------------------------------------------------


@awaited
async def test_folders_open_and_close_and_files_are_picked() -> None:
    async with running(FakeSource(), browser=FakeBrowser(some_files())) as (_, pilot):
        table = await open_repo(pilot)
        await pilot.press("right", "right", "space", "space")
        await until_shown(pilot, "2 files  37.0 MB")
        assert table.cursor_key == "en/c4-train.00002-of-01024.json.gz"

        await pilot.press("h", "h")
        await until_shown(pilot, "◪   ▸ en/")
        assert table.cursor_key == "en/"

        await pilot.press("a")
        await until_shown(pilot, "▣   ▸ en/")
        await pilot.press("U")
        await until_shown(pilot, "nothing yet: n takes all")


@awaited
async def test_the_mouse_picks_by_the_mark() -> None:
    async with running(FakeSource(), browser=FakeBrowser(some_files())) as (_, pilot):
        table = await open_repo(pilot)
        await pilot.click(table, offset=(2, 2))

        await until_shown(pilot, "▣   ▸ en.noclean/")
        assert table.cursor_key == "en.noclean/"


@awaited
async def test_the_filter_works_as_it_is_typed_and_picks_what_it_found() -> None:
    async with running(FakeSource(), browser=FakeBrowser(some_files())) as (app, pilot):
        table = await open_repo(pilot)
        await pilot.press("slash", *"/en/*.json.gz")
        await until_shown(pilot, "32 of 49 files match")
        await pilot.press("enter")
        await until(pilot, lambda: table.has_focus)
        await pilot.press("a")

        await until_shown(pilot, "+ en/*.json.gz")
        await pilot.press("escape")
        await until_shown(pilot, "▣   ▸ en/")
        assert "files match" not in screen_text(app)
        assert table.cursor_key == "en/"  # the file that it was on lies in there


@awaited
async def test_ctrl_g_begins_a_glob_and_nonsense_is_told() -> None:
    async with running(FakeSource(), browser=FakeBrowser(some_files())) as (_, pilot):
        await open_repo(pilot)
        await pilot.press("ctrl+g", *".json")
        await until_shown(pilot, "*.json")
        await until_shown(pilot, "1 of 49 files match")

        await pilot.press("ctrl+u", *"re:(")
        await until_shown(pilot, "▲")
        await pilot.press("ctrl+u", *"nowhere")
        await until_shown(pilot, 'Nothing matches "nowhere". esc clears.')


@awaited
async def test_rows_are_sorted_and_the_cursor_stays_on_its_file() -> None:
    async with running(FakeSource(), browser=FakeBrowser(some_files())) as (_, pilot):
        table = await open_repo(pilot)
        await pilot.press("G")
        assert table.cursor_key == "dataset_infos.json"
        await pilot.press(">", "I")

        await until_shown(pilot, "SIZE ▼")
        assert table.cursor_key == "dataset_infos.json"
        lines = screen_text(pilot.app).splitlines()
        folders = [line for line in lines if "▸" in line]
        assert ["en/" in line for line in folders] == [True, False, False]


class Growing(FakeBrowser):
    """Lists a few files, and the rest when it is let."""

    def __init__(self, first: Iterable[str], more: Iterable[str]) -> None:
        super().__init__()
        self._first, self._more = list(first), list(more)
        self.goes_on = threading.Event()

    @override
    def open(self, text: str, revision: str | None, listener: Listener) -> Listing | None:
        early = index_of(self._first)
        listener.on_listing(Listing(a_repo(text), early, False, refused=None, path="b/"))
        listener.on_wait(12.0)
        self.goes_on.wait()
        whole = index_of([*self._first, *self._more])
        return Listing(a_repo(text), whole, True, refused=None, path="b/")


@awaited
async def test_a_listing_is_usable_while_it_arrives_and_keeps_the_picks() -> None:
    browser = Growing(["a/1", "b/1"], ["a/2", "c"])
    async with running(FakeSource(), browser=browser) as (app, pilot):
        table = await open_repo(pilot, "acme/slow")
        await until_shown(pilot, "listing: 2 files")
        await until_shown(pilot, "next try in 12 s")
        assert table.cursor_key == "b/"  # where the link led
        await pilot.press("n")
        await until_shown(pilot, "still listing: 2 files so far")
        await pilot.press("g", "space")
        browser.goes_on.set()

        await until_shown(pilot, "acme/slow @ 1588ec4   4 files")
        await until_shown(pilot, "▣   ▸ a/")
        assert "2 files" in screen_text(app).split("Picked")[1]


# --- hostile names --------------------------------------------------------------------------------

HOSTILE = (
    "a[/b].bin",
    "x[",
    "data[train].parquet",
    "[b",
    "esc\x1b]0;PWNED\x07",
    "日本語.txt",
    "\u202egpj.exe",
    "n" * 4000,
)


@awaited
async def test_any_name_is_shown_picked_and_looked_at() -> None:
    async with running(FakeSource(), browser=browser_of(*HOSTILE)) as (app, pilot):
        table = await open_repo(pilot)
        await until(pilot, lambda: table.cursor_key == "a[/")
        await pilot.press("right")
        for number, name in enumerate(HOSTILE, 1):
            table.move_to(name)
            await pilot.press("space")
            await until_shown(pilot, f"{number} file")
            table.move_to(name)
            await pilot.press("enter")
            await until(pilot, lambda: isinstance(app.screen, Detail))

            shown = screen_text(app)
            assert all(char == "\n" or char.isprintable() for char in shown)
            assert printable(name)[:60] in shown
            await pilot.press("escape")


# --- the card -------------------------------------------------------------------------------------


@awaited
async def test_the_card_is_shown_and_cannot_steer_the_terminal() -> None:
    browser = FakeBrowser(some_files(), readme="# The card\n\n[link](https://example.com)\n")
    async with running(FakeSource(), (80, 23), browser) as (app, pilot):
        await open_repo(pilot)
        await pilot.press("i")
        await until(pilot, lambda: isinstance(app.screen, Card))
        await until_shown(pilot, "link (https://example.com)")
        await pilot.resize_terminal(120, 36)
        await until_shown(pilot, "The card")
        await pilot.press("escape")

        browser.readme = None
        await pilot.press("i")
        await until_shown(pilot, "acme/c4 has no README.md")


# --- how it looks ---------------------------------------------------------------------------------


async def _picture(app: HfdlApp, pilot: Pilot[int], name: str) -> None:
    table = await open_repo(pilot)
    await pilot.press("right", "down", "space", "space")
    await until(pilot, lambda: table.cursor_key == "en/c4-train.00002-of-01024.json.gz")
    await until_shown(pilot, "n downloads 2 files")
    await until_shown(pilot, "3.1 TB")  # the disk was looked at for just these
    await show(app, pilot, a_view(workers=[a_worker(), a_worker("w-02")]))
    await until_still(pilot)
    check_golden(name, screen_text(app))


@awaited
@pytest.mark.parametrize("size", [(60, 15), (80, 23), (120, 36), (160, 50)])
async def test_pictures(size: tuple[int, int], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hfdl_core.storage.OutputDirectory.free_bytes", lambda _: 3_100_000 * MB)
    browser = FakeBrowser(some_files())
    async with running(FakeSource(), size, browser) as (app, pilot):
        await _picture(app, pilot, f"files-{size[0]}x{size[1]}")


@awaited
async def test_ascii_alone_will_do() -> None:
    browser = FakeBrowser(some_files())
    async with running(FakeSource(), browser=browser, glyphs=ASCII) as (app, pilot):
        await open_repo(pilot)
        await pilot.press("right", "down", "space", "slash", *"gz")
        await until_shown(pilot, "47 of 49 files match")

        assert screen_text(app).isascii()
