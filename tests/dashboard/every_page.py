"""All pages at once in tests: data that fills each of them, and how to get to each."""

import asyncio
from collections.abc import Mapping
from typing import Any, Final

from textual.pilot import Pilot
from textual.widgets import Input

from hfdl_core.models import RepoFile, TaskStatus
from hfdl_tui.dashboard.app import HfdlApp
from hfdl_tui.dashboard.pages.files import FilesPage
from tests.dashboard.fake_browser import FakeBrowser
from tests.dashboard.fakes import GB, MB, a_file
from tests.dashboard.fleets import a_log
from tests.dashboard.screen import screen_text, until
from tests.dashboard.task_source import (
    TaskSource,
    a_done_task,
    a_failed_task,
    a_retrying_task,
    a_running_task,
    a_waiting_task,
)

# What can be read on each of them once it is there, whatever the data.
FACES: Final[Mapping[str, str]] = {
    "overview": "Needs attention",
    "files": "Which repo?",
    "repo": "files, ",  # the page of files, with a repo open
    "workers": "[3 Work",
    "tasks": "Failed",
    "events": "[5 Events",
}
REPO_FILES: Final = (
    *(RepoFile(f"en/c4-train.{n:05}-of-01024.json.gz", (18 + n) * MB, "") for n in range(8)),
    RepoFile("README.md", 19_400, ""),
    RepoFile("dataset_infos.json", 12_000, ""),
)


def a_whole_source(**changes: Any) -> TaskSource:
    """Tasks in every state, a file in progress, and a log; `changes` are those of FleetView."""
    given = {
        "files": (a_file(size=5 * GB, open=[(GB, 5 * GB)], leases=[("w-01", 0, GB, 2 * GB)]),),
        "events": a_log(),
    }
    return TaskSource(
        {
            TaskStatus.IN_PROGRESS: [a_running_task(number) for number in range(3)],
            TaskStatus.RETRYING: [a_retrying_task(number) for number in range(3)],
            TaskStatus.FAILED: [a_failed_task(number) for number in range(3)],
            TaskStatus.PENDING: [a_waiting_task(number) for number in range(30)],
            TaskStatus.COMPLETED: [a_done_task(number) for number in range(3)],
        },
        **(given | changes),
    )


def a_browser() -> FakeBrowser:
    return FakeBrowser(REPO_FILES, readme="# A card\n\nOf a repo.")


def page_of(face: str) -> str:
    return "files" if face == "repo" else face


async def go_to(app: HfdlApp, pilot: Pilot[int], face: str) -> None:
    """From wherever the app is, with whatever stands open; nothing is asked by key."""
    while app.screen is not app.page:
        await app.pop_screen()
    if app.current_mode != page_of(face):
        await app.switch_mode(page_of(face))
    if page_of(face) == "files" and not _is_shown(app, face):
        await _turn_to(app, pilot, face)
    await until(pilot, lambda: _is_shown(app, face))
    if isinstance(app.focused, Input) and app.page is not None:
        await app.page.press("back")  # out of a filter, or of the question for a repo


async def strike(app: HfdlApp, pilot: Pilot[int], *keys: str) -> None:
    """As `pilot.press`, which waits for a quiet machine after each key; this for the effect."""
    for key in keys:
        app.simulate_key(key)
        for _hop in range(3):  # app, widget with the focus, app
            came = asyncio.Event()
            app.call_later(came.set)
            await came.wait()
            await pilot.pause(0.001)


async def _turn_to(app: HfdlApp, pilot: Pilot[int], face: str) -> None:
    assert isinstance(app.page, FilesPage)
    app.page.ask_repo()
    if face == "repo":
        await until(pilot, lambda: FACES["files"] in screen_text(app))
        await pilot.press("end", "ctrl+u", *"acme/c4", "enter")


def _is_shown(app: HfdlApp, face: str) -> bool:
    return app.current_mode == page_of(face) and FACES[face] in screen_text(app)
