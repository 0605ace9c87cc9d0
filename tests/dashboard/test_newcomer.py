"""What somebody who opens the dashboard for the first time stumbles over."""

from dataclasses import replace

import pytest
from typing_extensions import override

from hfdl_core.errors import AccessDenied, QueueUnavailable
from hfdl_core.hub import SearchHit
from hfdl_core.models import JobState, RepoFile, RepoType, WorkerState
from hfdl_tui.dashboard.dialogs.copy_text import CopyText
from hfdl_tui.dashboard.table.rows import Rows
from hfdl_tui.dashboard.view.files.browser import Listener, Listing
from hfdl_tui.operations.orders import Requeue
from tests.dashboard.fake_browser import FakeBrowser
from tests.dashboard.fakes import JOB, FakeSource, a_file, a_job, a_spec, a_view, a_worker
from tests.dashboard.running import running, show
from tests.dashboard.screen import awaited, screen_text, until, until_shown

OTHER = "22e0" + "0" * 28


GATED = AccessDenied(
    "acme/gated-data is gated: accept its terms at https://huggingface.co/acme/gated-data "
    "and set HF_TOKEN"
)


class GatedBrowser(FakeBrowser):
    """Lists to everybody what it gives to nobody."""

    @override
    def open(self, text: str, revision: str | None, listener: Listener) -> Listing | None:
        listing = super().open(text, revision, listener)
        return None if listing is None else replace(listing, refused=GATED)


def files(*paths: str) -> list[RepoFile]:
    return [RepoFile(path, 1000, "") for path in paths]


def hit(name: str) -> SearchHit:
    return SearchHit(name, RepoType.DATASET, 12345, 6, None, private=False, gated=False)


@awaited
async def test_a_bare_name_opens_the_only_repo_that_is_found_for_it() -> None:
    browser = FakeBrowser(files("a.bin"), hits=[hit("acme/c4")])
    async with running(FakeSource(), browser=browser) as (_, pilot):
        await until_shown(pilot, "Which repo?")
        await pilot.press(*"c4")
        await until_shown(pilot, "12,345 downloads")
        await pilot.press("enter")

        await until(pilot, lambda: ("open", "datasets/acme/c4") in browser.asked)


@awaited
async def test_a_bare_name_of_several_repos_leads_to_their_list() -> None:
    browser = FakeBrowser(hits=[hit("acme/c4"), hit("other/c4")])
    async with running(FakeSource(), browser=browser) as (app, pilot):
        await until_shown(pilot, "Which repo?")
        await pilot.press(*"c4")
        await until_shown(pilot, "other/c4")
        await pilot.press("enter")

        await until(pilot, lambda: app.screen.query_one("#files-choices", Rows).has_focus)
        assert not [name for what, name in browser.asked if what == "open"]


@awaited
async def test_the_hub_is_not_searched_for_a_link() -> None:
    browser = FakeBrowser(files("a.bin"))
    link = "https://huggingface.co/datasets/acme/c4"
    async with running(FakeSource(), browser=browser) as (_, pilot):
        await until_shown(pilot, "Which repo?")
        await pilot.press(*link)
        await pilot.pause(0.6)
        await pilot.press("enter")
        await until(pilot, lambda: bool(browser.asked))

        assert browser.asked[0] == ("open", link)


@awaited
async def test_a_job_that_is_not_there_is_told_on_an_empty_queue_too() -> None:
    async with running(FakeSource(), job="zz") as (_, pilot):
        await until_shown(pilot, "no job begins with 'zz'")
        assert "[2 Files]" in screen_text(pilot.app)


@awaited
async def test_nothing_is_said_of_a_queue_that_was_not_read() -> None:
    source = FakeSource()
    source.fail(QueueUnavailable("redis at pc:1 does not answer"))
    async with running(source) as (_, pilot):
        await until_shown(pilot, "NO REDIS")

        for claim in ("no job", "nothing is downloaded", "no workers"):
            assert claim not in screen_text(pilot.app)


@pytest.mark.parametrize(
    ("key", "told"),
    [("D", "drain: only on 3 Workers"), ("L", "limit: only on 3 Workers and 1 Overview")],
)
@awaited
async def test_a_key_of_another_page_says_where_it_works(key: str, told: str) -> None:
    source = FakeSource(a_view([a_job()], [a_worker()]))
    async with running(source) as (_, pilot):
        await pilot.press("5")
        await until_shown(pilot, "[5 Events]")
        await pilot.press(key)

        await until_shown(pilot, told)
        assert not source.orders


@awaited
async def test_the_cursor_of_the_jobs_goes_to_the_one_that_is_looked_at() -> None:
    old = a_job(OTHER, spec=a_spec(OTHER), state=JobState.COMPLETED)
    async with running(FakeSource(a_view([old]))) as (app, pilot):
        await until_shown(pilot, "22e0")
        app.desk.look_at(JOB)
        await show(app, pilot, a_view([a_job(), old], [a_worker()]))

        assert app.screen.query_one("#jobs", Rows).cursor_key == JOB


@awaited
async def test_r_does_the_only_thing_that_it_can_do() -> None:
    """Whichever row the cursor is on: `r requeues` stands there for everybody to read."""
    failed = a_job(failed=2, counters={"cause:FileMissing": 2})
    lost = a_worker("w-02", status=WorkerState.LOST, last_heartbeat_seconds_ago=40.0)
    source = FakeSource(a_view([failed], [a_worker(), lost]))
    async with running(source) as (_, pilot):
        await until_shown(pilot, "r requeues")
        await pilot.press("end", "r")

        await until(pilot, lambda: source.orders == [Requeue(JOB, cause="FileMissing")])


@awaited
async def test_a_worker_that_came_back_is_not_lost() -> None:
    lost = a_worker("w-02", status=WorkerState.LOST, last_heartbeat_seconds_ago=40.0)
    back = a_worker("w-02", boot_id="second")
    async with running(FakeSource(a_view([a_job()], [lost]))) as (app, pilot):
        await until_shown(pilot, "w-02 lost")
        await show(app, pilot, a_view([a_job()], [lost, back]))

        assert "lost" not in screen_text(app)
        assert "3 Workers 1 " in screen_text(app)


@awaited
async def test_what_an_ended_job_verified_is_not_in_progress() -> None:
    done = a_file(path="done.bin", is_verified=True)
    async with running(FakeSource(a_view([a_job()], [a_worker()], files=(done,)))) as (app, pilot):
        await until_shown(pilot, "done.bin")
        ended = a_job(state=JobState.FAILED, failed=1, files_failed=1, pending=0, in_progress=0)
        await show(app, pilot, a_view([ended]))

        assert "done.bin" not in screen_text(app)
        assert "Nothing is in progress: R tries all that failed again." in screen_text(app)


@awaited
async def test_a_chart_without_a_speed_says_that_the_job_had_ended() -> None:
    ended = a_job(state=JobState.COMPLETED, pending=0, in_progress=0)
    async with running(FakeSource(a_view([ended]))) as (_, pilot):
        await until_shown(pilot, "The job had ended before this window was opened.")


@awaited
async def test_a_finished_job_has_no_speed_on_a_narrow_screen() -> None:
    source = FakeSource(a_view([a_job()], [a_worker()]))
    async with running(source, size=(80, 23)) as (app, pilot):
        await until_shown(pilot, "MB/s")
        head = screen_text(app).splitlines()[1]
        assert "MB/s" in head
        await show(app, pilot, a_view([a_job(state=JobState.COMPLETED, in_progress=0)]))

        assert "B/s" not in screen_text(app).splitlines()[1]


@awaited
async def test_a_speed_that_fades_away_foretells_nothing() -> None:
    source = FakeSource(a_view([a_job()], [a_worker(), a_worker("w-02")]))
    async with running(source) as (app, pilot):
        await until_shown(pilot, "alone ")
        assert "+1 machine" in screen_text(app)
        idle = a_worker(status=WorkerState.IDLE, tasks=(), throughput_bytes_per_second=0.0)
        await show(app, pilot, a_view([a_job(in_progress=0)], [idle]))

        assert "= 0 links" in screen_text(app)
        for words in ("alone ", "+1 machine"):
            assert words not in screen_text(app)


@awaited
async def test_a_screen_to_be_copied_is_as_wide_as_it_was() -> None:
    source = FakeSource(a_view([a_job()], [a_worker()]))
    async with running(source, size=(80, 23)) as (app, pilot):
        await until_shown(pilot, "Needs attention")
        await pilot.press("y")
        await until(pilot, lambda: isinstance(app.screen, CopyText))
        await until_shown(pilot, "sent to the terminal")

        shown = screen_text(app).splitlines()
        rules = [line for line in shown if line.startswith("─ ")]
        assert [len(line) for line in rules] == 3 * [app.size.width]
        assert shown[-1].endswith("esc: back")


@awaited
async def test_the_tabs_are_whole_words_where_they_fit() -> None:
    async with running(FakeSource(a_view([a_job()], [a_worker()])), size=(80, 23)) as (_, pilot):
        await until_shown(pilot, "[1 Overview] 2 Files  3 Workers 1  4 Tasks")


@awaited
async def test_a_gated_repo_tells_where_to_ask() -> None:
    browser = GatedBrowser(files("a.bin"))
    async with running(FakeSource(), browser=browser, size=(80, 23)) as (_, pilot):
        await until_shown(pilot, "Which repo?")
        await pilot.press(*"acme/gated-data", "enter")

        await until_shown(pilot, "https://huggingface.co/acme/gated-data")
        assert "takes the only file" in screen_text(pilot.app)


@awaited
async def test_a_filter_says_how_to_pick_what_it_found() -> None:
    browser = FakeBrowser(files("a.bin", "b.txt"))
    async with running(FakeSource(), browser=browser) as (app, pilot):
        await until_shown(pilot, "Which repo?")
        await pilot.press(*"acme/c4", "enter")
        await until_shown(pilot, "2 files,")
        await pilot.press("slash", *"bin")
        await until_shown(pilot, "enter, then a picks them")
        await pilot.press("enter")
        await until_shown(pilot, "a picks them")
        await pilot.press("a")

        await until_shown(pilot, "n downloads 1 file")
        assert app.screen.query_one("#files", Rows).has_focus
