"""Two dashboards over one real queue: each shows what the other did, and nothing is done twice."""

import asyncio
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from textual.pilot import Pilot

from hfdl_core.models import JobState
from hfdl_core.queue import RedisClient
from hfdl_core.settings import Settings
from hfdl_tui.dashboard.app import HfdlApp
from hfdl_tui.dashboard.view.files.browser import HubBrowser
from hfdl_tui.operations.live_source import LiveSource
from tests.dashboard.screen import awaited, until_shown
from tests.queue.bench import Bench
from tests.redis_servers import RedisServer, valkey_server

SHOWN_SECONDS = 3.0  # 2 s, and the noise of a shared machine


@pytest.fixture
def server(tmp_path: Path) -> Iterator[RedisServer]:
    with valkey_server(tmp_path / "redis") as running:
        yield running


@dataclass
class Signals:
    """What the two tell each other, so that neither leaves too early."""

    is_paused: asyncio.Event = field(default_factory=asyncio.Event)
    is_pause_seen: asyncio.Event = field(default_factory=asyncio.Event)
    is_cancelled: asyncio.Event = field(default_factory=asyncio.Event)
    is_seen: asyncio.Event = field(default_factory=asyncio.Event)


async def one_pauses(app: HfdlApp, signals: Signals) -> None:
    async with app.run_test(size=(100, 28)) as pilot:
        await until_shown(pilot, "● RUNNING")
        await pilot.press("p")
        signals.is_paused.set()
        await shown_soon(pilot, "‖ PAUSED")
        signals.is_pause_seen.set()
        await signals.is_cancelled.wait()
        await shown_soon(pilot, "CANCELLED")
        signals.is_seen.set()


async def the_other_cancels(app: HfdlApp, job_id: str, signals: Signals) -> None:
    async with app.run_test(size=(100, 28)) as pilot:
        await until_shown(pilot, "RUNNING")
        await signals.is_paused.wait()
        await shown_soon(pilot, "‖ PAUSED")
        await signals.is_pause_seen.wait()
        await pilot.press("X", *job_id[:4], "enter")
        signals.is_cancelled.set()
        await shown_soon(pilot, "CANCELLED")
        await signals.is_seen.wait()


async def shown_soon(pilot: Pilot[int], text: str) -> None:
    began = time.monotonic()
    await until_shown(pilot, text)
    assert time.monotonic() - began <= SHOWN_SECONDS


@awaited
async def test_what_one_does_the_other_shows(server: RedisServer) -> None:
    settings = Settings.load({"redis_url": server.url}, {"HF_ENDPOINT": "http://127.0.0.1:1"})
    with RedisClient(server.target) as queue, ExitStack() as stack:
        job_id = Bench(server, queue).plant([500, 400, 300])

        def a_dashboard() -> HfdlApp:
            source = LiveSource(settings)
            stack.callback(source.close)
            return HfdlApp(source, HubBrowser(settings))

        signals = Signals()
        async with asyncio.timeout(30):
            await asyncio.gather(
                one_pauses(a_dashboard(), signals),
                the_other_cancels(a_dashboard(), job_id, signals),
            )

        assert queue.snapshot(job_id).state is JobState.CANCELLED
        told = [event.kind for event in queue.events(job_id)]
        assert (told.count("job_paused"), told.count("job_cancelled")) == (1, 1)
