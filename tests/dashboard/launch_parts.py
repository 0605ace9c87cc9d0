"""How a test gets to the launch dialog, and types into it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from textual.pilot import Pilot

from hfdl_core.errors import HfdlError
from hfdl_core.master import DryRun, JobRequest
from hfdl_core.models import Delivery, JobId, RepoType
from hfdl_core.storage import DiskNeed
from hfdl_tui.dashboard.app import HfdlApp
from hfdl_tui.dashboard.dialogs.dialog import Box
from hfdl_tui.dashboard.dialogs.launch import LaunchDialog
from hfdl_tui.dashboard.view.drawing.glyphs import Glyphs
from hfdl_tui.dashboard.view.launch.launching import LaunchChoice
from hfdl_tui.operations.orders import Outcome
from tests.dashboard.fakes import GB, FakeSource, a_dry_run, a_job, a_view, a_worker
from tests.dashboard.running import running
from tests.dashboard.screen import screen_text, until, until_shown

NEW_JOB = JobId("91bc" + "0" * 28)
CHOICE = LaunchChoice(
    "acme/model-9b", RepoType.MODEL, "main", ("data/*.json", "a b.txt"), ("*.lock",), 1024, 300 * GB
)
REQUEST = JobRequest(
    repo="acme/model-9b",
    repo_type=RepoType.MODEL,
    revision="main",
    include=CHOICE.include,
    exclude=CHOICE.exclude,
    delivery=Delivery.GATHER,
)


def a_source(needed: int = 201 * GB) -> FakeSource:
    source = FakeSource(a_view([a_job()], [a_worker(), a_worker("w-02")]))

    def plan(request: JobRequest) -> DryRun:
        need = None if request.delivery is Delivery.KEEP else DiskNeed(200 * GB, needed, 1000)
        return a_dry_run(request, need=need)

    source.dry = plan
    source.answer = lambda _order: Outcome("job 91bc is new", job_id=NEW_JOB)
    return source


def refuse(source: FakeSource, error: HfdlError, at: str | None = None) -> None:
    """Dry runs fail, those to this destination only."""
    planned = source.dry
    assert planned is not None

    def plan(request: JobRequest) -> DryRun:
        if request.destination == at:
            raise error
        return planned(request)

    source.dry = plan


@asynccontextmanager
async def asked(
    source: FakeSource,
    size: tuple[int, int] = (80, 23),
    choice: LaunchChoice = CHOICE,
    *,
    read_only: bool = False,
    glyphs: Glyphs | None = None,
) -> AsyncIterator[tuple[HfdlApp, Pilot[int], list[JobId | None]]]:
    """With the dialog up, and what it answered so far."""
    answers: list[JobId | None] = []
    async with running(source, size, read_only=read_only, glyphs=glyphs) as (app, pilot):
        dialog = LaunchDialog(app.desk, choice)
        app.push_screen(dialog, answers.append)
        await until(pilot, lambda: app.screen is dialog and dialog.is_mounted)
        yield app, pilot, answers


async def counted(pilot: Pilot[int]) -> None:
    await until_shown(pilot, "to download 200.0 GB")
    await pilot.pause()


async def typed(pilot: Pilot[int], field: str, text: str) -> None:
    """As a person does it, in place of what stood there."""
    await pilot.click(f"#{field}")
    await pilot.press("end", "ctrl+u", *text)


def box_text(app: HfdlApp) -> str:
    """The dialog alone, without the page behind it."""
    box = app.screen.query_one(Box).region
    lines = screen_text(app).splitlines()[box.y : box.bottom]
    return "\n".join(line[box.x : box.right].rstrip() for line in lines)
