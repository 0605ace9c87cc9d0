"""The page of tasks in tests: how to get there, and what it drew."""

from textual.pilot import Pilot

from hfdl_core.models import TaskStatus
from hfdl_tui.dashboard.app import HfdlApp
from hfdl_tui.dashboard.pages.tasks import TasksPage
from hfdl_tui.dashboard.panes.task_widgets import TaskRows
from tests.dashboard.screen import screen_text, until_shown
from tests.dashboard.task_source import TaskSource, a_failed_task

FAILED = [a_failed_task(number) for number in range(5)]


def failed_source(count: int = 5) -> TaskSource:
    return TaskSource({TaskStatus.FAILED: [a_failed_task(number) for number in range(count)]})


async def open_tasks(app: HfdlApp, pilot: Pilot[int], shown: str) -> TasksPage:
    await pilot.press("4")
    await until_shown(pilot, shown)
    assert isinstance(app.page, TasksPage)
    return app.page


def table(app: HfdlApp) -> TaskRows:
    return next(each for each in app.screen.query(TaskRows) if each.display)


def body(app: HfdlApp) -> str:
    """What the page itself drew, without the frame of all pages."""
    lines = screen_text(app).splitlines()
    top = app.screen.query_one("#task-tabs").region.y
    return "\n".join(lines[top:-1])
