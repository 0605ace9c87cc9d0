"""The whole dashboard, headless, over a pretended queue."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from textual.pilot import Pilot

from hfdl_core.monitor import FleetView
from hfdl_tui.dashboard.app import HfdlApp
from hfdl_tui.dashboard.view.files.browser import Browser
from tests.dashboard.fake_browser import FakeBrowser
from tests.dashboard.fakes import FakeSource
from tests.dashboard.screen import until


@asynccontextmanager
async def running(
    source: FakeSource,
    size: tuple[int, int] = (120, 36),
    browser: Browser | None = None,
    **options: Any,
) -> AsyncIterator[tuple[HfdlApp, Pilot[int]]]:
    """`options` are those of HfdlApp; comes back once the first look is on the screen."""
    app = HfdlApp(source, browser or FakeBrowser(), **options)
    async with app.run_test(size=size) as pilot:
        await until(pilot, lambda: app.desk.store.view is not None or app.desk.link.attempt > 0)
        await pilot.pause()
        yield app, pilot


async def show(app: HfdlApp, pilot: Pilot[int], view: FleetView) -> None:
    """Push this view and wait until it is on the screen."""
    source = app.desk.source
    assert isinstance(source, FakeSource)
    source.push(view)
    app.look_now()
    await until(pilot, lambda: source.is_last(app.desk.store.view))
    await pilot.pause()
