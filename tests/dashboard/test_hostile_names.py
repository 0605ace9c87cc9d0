"""Acceptance check 3: whatever anything is called, it is shown as text, everywhere."""

from collections.abc import Callable

import pytest
from textual.pilot import Pilot
from typing_extensions import override

from hfdl_core.errors import QueueUnavailable
from hfdl_core.hub import SearchHit
from hfdl_core.models import RepoFile, RepoType, TaskStatus, TaskView, WorkerState, WorkerView
from hfdl_tui.dashboard.app import HfdlApp
from hfdl_tui.dashboard.dialogs.copy_text import CopyText
from hfdl_tui.dashboard.dialogs.dialog import Box, Dialog
from hfdl_tui.dashboard.dialogs.join import ShowJoin
from hfdl_tui.dashboard.dialogs.launch import LaunchDialog
from hfdl_tui.dashboard.view.files.card import readable_card
from hfdl_tui.dashboard.view.launch.launching import LaunchChoice
from hfdl_tui.operations.orders import Order, Outcome
from hfdl_tui.wording.printable import printable
from tests.dashboard.every_page import go_to, strike
from tests.dashboard.fake_browser import FakeBrowser
from tests.dashboard.fakes import (
    GB,
    MB,
    FakeSource,
    a_file,
    a_job,
    a_spec,
    a_task_in_hand,
    a_view,
    a_worker,
    an_event,
)
from tests.dashboard.fleets import HOSTILE
from tests.dashboard.launch_parts import box_text
from tests.dashboard.running import running
from tests.dashboard.screen import awaited, screen_text, until
from tests.dashboard.task_source import (
    TaskSource,
    a_done_task,
    a_failed_task,
    a_retrying_task,
    a_running_task,
    a_waiting_task,
)

MAKERS: dict[TaskStatus, Callable[[int], TaskView]] = {
    TaskStatus.IN_PROGRESS: a_running_task,
    TaskStatus.PENDING: a_waiting_task,
    TaskStatus.COMPLETED: a_done_task,
    TaskStatus.RETRYING: a_retrying_task,
    TaskStatus.FAILED: a_failed_task,
}
_WHOLE = 24  # columns: what is no wider is shown whole where there is room


class NamedSource(TaskSource):
    """All that others name has one name."""

    def __init__(self, name: str) -> None:
        self._name = name
        super().__init__({state: [self._task(state)] for state in TaskStatus})

    def _task(self, state: TaskStatus) -> TaskView:
        name = self._name
        changes = {"path": name, "worker": f"{name}/boot", "error": name, "cause": name}
        return MAKERS[state](0).model_copy(update=changes)

    @override
    def _show(self) -> None:
        name = self._name
        job = a_job(
            spec=a_spec(repo_id=name, revision=name, destination=name, host=name),
            in_progress=1,
            retrying=1,
            failed=1,
            files_failed=1,
            counters={f"cause:{name}": 1},
        )
        held = [(name, 0, GB, 2 * GB)]
        view = a_view(
            [job],
            [_worker(name), a_worker("w-9", status=WorkerState.WORKING)],
            files=(a_file(path=name, size=5 * GB, open=[(GB, 5 * GB)], leases=held),),
            events=(an_event(name, kind=name, worker=name, path=name),),
            limits={name: name},
        )
        self.push(view)


def _worker(name: str) -> WorkerView:
    return a_worker(
        name,
        host=name,
        status=WorkerState.STEPPED_ASIDE,
        reason=name,
        last_error=name,
        version=name,
        tasks=(a_task_in_hand(path=name),),
    )


async def until_named(app: HfdlApp, pilot: Pilot[int], name: str, times: int = 1) -> None:
    """The name can be read so often, and there is nothing on the screen that is no text."""
    await until(pilot, lambda: _times(_front(app), name) >= times)
    raw = [line for line in screen_text(app).splitlines() if not line.isprintable()]
    assert raw == []


def _front(app: HfdlApp) -> str:
    """What is read first: a dialog, without the page behind it."""
    is_dialog = isinstance(app.screen, Dialog) and bool(app.screen.query(Box))
    return box_text(app) if is_dialog else screen_text(app)


def _times(text: str, name: str) -> int:
    """How often it stands there, whole or shortened."""
    shown = printable(name)
    short = shown if len(shown) <= _WHOLE else shown[:_WHOLE]
    begun = {shown[:length] + "…" for length in range(2, _WHOLE)}
    return text.count(short) + sum(map(text.count, begun))


async def press_until_named(
    app: HfdlApp, pilot: Pilot[int], name: str, *keys: str, times: int = 1
) -> None:
    """For a dialog or what else stands above the page, which is closed then."""
    await strike(app, pilot, *keys)
    await until(pilot, lambda: app.screen is not app.page)
    await until_named(app, pilot, name, times)
    await strike(app, pilot, "escape")
    await until(pilot, lambda: app.screen is app.page)


@pytest.mark.parametrize("name", HOSTILE, ids=lambda name: printable(name)[:12])
@awaited
async def test_a_name_is_text_on_every_page_and_in_every_dialog(name: str) -> None:
    source = NamedSource(name)
    async with running(source, (160, 50)) as (app, pilot):
        await until_named(app, pilot, name, 4)  # the job, its file, its cause, its worker
        first, second = screen_text(app).splitlines()[:2]
        assert "RUNNING" in first
        assert "redis ●" in first
        assert "43.3 %" in second
        for key in ("X", "R", "b"):
            await press_until_named(app, pilot, name, key, times=1)

        await go_to(app, pilot, "workers")
        await until_named(app, pilot, name, 2)
        await press_until_named(app, pilot, name, "enter", times=4)
        await press_until_named(app, pilot, name, "L")
        await press_until_named(app, pilot, name, "y")

        await go_to(app, pilot, "tasks")
        for _each in TaskStatus:
            await look_twice(app, pilot, source)  # the first may be of the list before
            await until_named(app, pilot, name)
            await press_until_named(app, pilot, name, "enter")
            await strike(app, pilot, "right_square_bracket")

        await go_to(app, pilot, "events")
        await until_named(app, pilot, name, 2)
        await press_until_named(app, pilot, name, "enter", times=2)


async def look_twice(app: HfdlApp, pilot: Pilot[int], source: FakeSource) -> None:
    for _look in range(2):
        before = source.looks
        app.look_now()
        await until(pilot, lambda seen=before: source.looks > seen)  # type: ignore[misc]
    await pilot.pause()


@pytest.mark.parametrize("name", HOSTILE, ids=lambda name: printable(name)[:12])
@awaited
async def test_a_name_is_text_in_what_is_told(name: str) -> None:
    source = NamedSource(name)
    async with running(source, (120, 36)) as (app, pilot):
        source.answer = lambda _order: Outcome("open", join=(name,))
        await strike(app, pilot, "J")
        await until(pilot, lambda: "[ Go on ]" in screen_text(app))
        await strike(app, pilot, "y")
        await until(pilot, lambda: isinstance(app.screen, ShowJoin))
        await until_named(app, pilot, name, 2)  # the line, and who joined
        await strike(app, pilot, "y")
        await until(pilot, lambda: isinstance(app.screen, CopyText))
        await until_named(app, pilot, name)

        await go_to(app, pilot, "events")
        FakeSource.push(source, a_view([a_job()]))
        await until(pilot, lambda: app.desk.store.workers == ())
        source.answer = lambda _order: Outcome(name)
        await strike(app, pilot, "p")
        await until_told(app, pilot, name)
        source.answer = _refuse(name)
        await strike(app, pilot, "p")
        await until_named(app, pilot, name, 2)  # as a line of the log, too
        source.fail(QueueUnavailable(name))
        app.look_now()
        await until_named(app, pilot, name, 3)  # and in the banner


async def until_told(app: HfdlApp, pilot: Pilot[int], name: str) -> None:
    await until(pilot, lambda: _times(screen_text(app).splitlines()[-1], name) >= 1)
    await until_named(app, pilot, name)


def _refuse(name: str) -> Callable[[Order], Outcome]:
    def refuse(_order: Order) -> Outcome:
        raise QueueUnavailable(name)

    return refuse


@pytest.mark.parametrize("name", HOSTILE, ids=lambda name: printable(name)[:12])
@awaited
async def test_a_name_of_the_hub_is_text(name: str) -> None:
    hit = SearchHit(name, RepoType.DATASET, 12345, 6, None, private=False, gated=False)
    browser = FakeBrowser([RepoFile(name, MB, "")], hits=[hit], readme=readable_card(name))
    async with running(FakeSource(), (160, 50), browser) as (app, pilot):
        await go_to(app, pilot, "files")
        await strike(app, pilot, "o", *"what")
        await until_named(app, pilot, name)
        await strike(app, pilot, "down", "enter")
        await until(pilot, lambda: "1 file" in screen_text(app))
        await until_named(app, pilot, name)  # where the files are

        await press_until_named(app, pilot, name, "i")
        globs = ((name,), (name,))
        choice = LaunchChoice(name, RepoType.DATASET, name, *globs, 1, MB)
        app.push_screen(LaunchDialog(app.desk, choice))
        await press_until_named(app, pilot, name)
