"""A launch from the dialog with everything real: Hub, own server, collector and worker."""

import os
import re
import signal
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from pathlib import Path

import pytest
from textual.pilot import Pilot
from typing_extensions import override

from hfdl_core.embedded import EmbeddedServer
from hfdl_core.machine import host_name
from hfdl_core.models import JobId, JobState, RepoType
from hfdl_core.monitor import Focus
from hfdl_core.settings import Settings
from hfdl_tui.dashboard.app import HfdlApp
from hfdl_tui.dashboard.dialogs.copy_text import CopyText
from hfdl_tui.dashboard.dialogs.join import ShowJoin
from hfdl_tui.dashboard.dialogs.launch import LaunchDialog
from hfdl_tui.dashboard.view.launch.launching import LaunchChoice
from hfdl_tui.demo.hub import HubOptions, PretendHub
from hfdl_tui.operations.live_source import LiveSource
from hfdl_tui.operations.orders import OpenToOthers, Order, Outcome
from tests.dashboard.fake_browser import FakeBrowser
from tests.dashboard.screen import awaited, screen_text, until, until_shown
from tests.end_to_end.fleet import tree_bytes, wait_until
from tests.end_to_end.gathered import HERE, MIB, Files, big, read_all

pytestmark = pytest.mark.end_to_end

FILES: Files = {"big.bin": big(4), "a.txt": b"a", "not/wanted.bin": b"x" * 100}
CHOICE = LaunchChoice("acme/big", RepoType.DATASET, "main", (), ("not/*",), 2, 4 * MIB + 1)
# Opened there, the server and the collector of a test meet nobody else's.
ELSEWHERE = "127.0.0.2:0"


class OpenedElsewhere(LiveSource):
    @override
    def carry_out(self, order: Order, tell: Callable[[str], None]) -> Outcome:
        if isinstance(order, OpenToOthers):
            order = replace(order, listen=ELSEWHERE)
        return super().carry_out(order, tell)


@pytest.fixture
def hub() -> Iterator[PretendHub]:
    with PretendHub(HubOptions()) as running:
        running.add_repo("acme/big", FILES)
        yield running


@pytest.fixture
def settings(
    tmp_path: Path, hub: PretendHub, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Settings]:
    """Of a user without any Redis, whose processes are gone afterwards."""
    own = {"HOME": "home", "XDG_DATA_HOME": "data", "XDG_RUNTIME_DIR": "run"}
    for name, place in own.items():
        (tmp_path / place).mkdir(mode=0o700)
        monkeypatch.setenv(name, str(tmp_path / place))
    monkeypatch.setenv("HF_ENDPOINT", hub.endpoint)
    monkeypatch.chdir(tmp_path)
    yield Settings.load({}, dict(os.environ))
    for verb in ("worker", "collect"):
        for process in processes(tmp_path, verb):
            with suppress(ProcessLookupError):
                os.kill(process, signal.SIGKILL)
    if (server := EmbeddedServer.find()) is not None:
        server.stop()


def processes(tmp_path: Path, verb: str) -> list[int]:
    """Of hfdl, started for this user."""
    return [
        int(process.name)
        for process in Path("/proc").iterdir()
        if process.name.isdecimal() and _is_of(process, verb, f"HOME={tmp_path}/home")
    ]


def _is_of(process: Path, verb: str, home: str) -> bool:
    try:
        words = (process / "cmdline").read_bytes().split(b"\0")
        return verb.encode() in words and home.encode() in (process / "environ").read_bytes().split(
            b"\0"
        )
    except OSError:
        return False  # it has just ended, or is somebody else's


@asynccontextmanager
async def dashboard(settings: Settings) -> AsyncIterator[tuple[HfdlApp, Pilot[int]]]:
    source = OpenedElsewhere(settings)
    app = HfdlApp(source, FakeBrowser())
    try:
        async with app.run_test(size=(120, 36)) as pilot:
            await until(pilot, lambda: app.desk.link.is_up, 20)
            yield app, pilot
    finally:
        source.close()


async def launched(app: HfdlApp, pilot: Pilot[int]) -> JobId:
    answers: list[JobId | None] = []
    app.push_screen(LaunchDialog(app.desk, CHOICE), answers.append)
    await until_shown(pilot, "2 files, 4.2 MB")
    await until_shown(pilot, "nothing has begun yet")
    await pilot.press("enter")
    await until(pilot, lambda: bool(answers), 30)
    [job_id] = answers
    assert job_id is not None
    return job_id


def completed(settings: Settings, job_id: JobId) -> None:
    """Seen through a window of its own."""
    source = LiveSource(settings)

    def is_so() -> bool:
        job = source.read(Focus(job_id)).job(job_id)
        return job is not None and job.status is JobState.COMPLETED

    try:
        wait_until(is_so, 40)
    finally:
        source.close()


@awaited
async def test_what_the_dialog_launches_outlives_the_dashboard(
    settings: Settings, hub: PretendHub, tmp_path: Path
) -> None:
    hub.bandwidth.limit_client(HERE, MIB // 2)

    async with dashboard(settings) as (app, pilot):
        job_id = await launched(app, pilot)
        await until(pilot, lambda: app.desk.store.job is not None, 20)
        page, job = app.current_mode, app.desk.store.job
        [collector] = processes(tmp_path, "collect")
        [worker] = processes(tmp_path, "worker")

    assert job is not None
    assert (page, job.job_id) == ("overview", job_id)
    assert (os.getsid(collector), os.getsid(worker)) == (collector, worker)
    hub.bandwidth.limit_client(HERE, None)
    completed(settings, job_id)
    wanted = {path: read_all(held) for path, held in FILES.items() if not path.startswith("not/")}
    assert tree_bytes(tmp_path / "big") == wanted
    wait_until(lambda: processes(tmp_path, "collect") + processes(tmp_path, "worker") == [], 30)


@awaited
async def test_a_running_session_is_opened_by_its_key(settings: Settings, hub: PretendHub) -> None:
    hub.bandwidth.limit_client(HERE, MIB // 4)

    async with dashboard(settings) as (app, pilot):
        await launched(app, pilot)
        await until_shown(pilot, "RUNNING", 20)
        await pilot.press("J")
        await until_shown(pilot, "This opens")
        await pilot.press("y")
        await until(pilot, lambda: isinstance(app.screen, ShowJoin), 30)
        await until_shown(pilot, "HFDL_REDIS_URL=")
        masked = screen_text(app)
        await until_shown(pilot, f" on {host_name()}")  # the worker of the launch
        await pilot.press("y")
        await until(pilot, lambda: isinstance(app.screen, CopyText))
        await pilot.pause()
        whole = screen_text(app)
        await pilot.press("escape", "escape")

    assert re.search(r"redis://:\*\*\*@127\.0\.0\.2:\d+/0", masked)
    found = re.search(r"redis://:([^@*]{16,})@127\.0\.0\.2:\d+/0", whole)
    assert found is not None
    assert found[1] not in masked
