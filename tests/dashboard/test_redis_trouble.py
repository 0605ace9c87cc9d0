"""The dashboard over a real Redis that goes away, falls silent, refuses and comes back."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from hfdl_core.models import JobState
from hfdl_core.queue import RedisClient
from hfdl_core.settings import Settings
from hfdl_tui.dashboard.app import HfdlApp
from hfdl_tui.dashboard.view.files.browser import HubBrowser
from hfdl_tui.operations.live_source import LiveSource
from tests.dashboard.screen import awaited, screen_text, until, until_shown
from tests.queue.bench import Bench
from tests.redis_servers import RedisServer, valkey_server


@pytest.fixture
def server(tmp_path: Path) -> Iterator[RedisServer]:
    with valkey_server(tmp_path / "redis") as running:
        yield running


@contextmanager
def a_dashboard(url: str, *, job: str | None = None) -> Iterator[HfdlApp]:
    settings = Settings.load({"redis_url": url}, {"HF_ENDPOINT": "http://127.0.0.1:1"})
    source = LiveSource(settings)
    app = HfdlApp(source, HubBrowser(settings), job=job)
    try:
        yield app
    finally:
        source.close()


def plant(server: RedisServer) -> str:
    with RedisClient(server.target) as queue:
        bench = Bench(server, queue)
        job_id = bench.plant([500, 400, 300], max_attempts=1)
        task = bench.claim(job_id)
        bench.fail(task, permanent=True)
        return job_id


def log(server: RedisServer, job_id: str, text: str) -> None:
    with RedisClient(server.target) as queue:
        queue.log(queue.find_job(job_id), "note", text)


@awaited
async def test_redis_stops_and_comes_back_and_nothing_is_lost(server: RedisServer) -> None:
    job_id = plant(server)
    with a_dashboard(server.url) as app:
        async with app.run_test(size=(120, 36)) as pilot:
            await until_shown(pilot, "● RUNNING")
            server.kill()
            began = time.monotonic()
            await until_shown(pilot, "NO REDIS")
            assert time.monotonic() - began <= 3

            assert app.desk.store.job is not None
            assert "acme/things" in screen_text(app)
            assert "? UNKNOWN" in screen_text(app)
            await pilot.press("p")
            await until_shown(pilot, "not connected to Redis")

            server.start()
            log(server, job_id, "written while the dashboard was blind")
            began = time.monotonic()
            app.look_now()
            await until_shown(pilot, "● RUNNING")
            assert time.monotonic() - began <= 3
            assert "NO REDIS" not in screen_text(app)
            told = [event.text for event in app.desk.store.events]
            assert told.count("written while the dashboard was blind") == 1
            assert len(told) == len(set(told))


@awaited
async def test_a_silent_redis_is_told_of_and_keys_are_answered(server: RedisServer) -> None:
    plant(server)
    with a_dashboard(server.url) as app:
        async with app.run_test(size=(120, 36)) as pilot:
            await until_shown(pilot, "● RUNNING")
            with server.paused():
                began = time.monotonic()
                await until_shown(pilot, "NO REDIS")
                assert time.monotonic() - began <= 4  # its answer is waited for two seconds
                for key, tab in (("3", "[3 Workers"), ("4", "[4 Tasks"), ("5", "[5 Events")):
                    await pilot.press(key)
                    await until_shown(pilot, tab, 1.0)
            await until(pilot, lambda: app.desk.link.is_up)
            await until_shown(pilot, "redis ●")


@awaited
async def test_a_wrong_password_is_told_apart_and_not_hammered(tmp_path: Path) -> None:
    with valkey_server(tmp_path / "redis", "--requirepass", "right-password") as server:
        wrong = server.url.replace("right-password", "wrong-password")
        with a_dashboard(wrong) as app:
            async with app.run_test(size=(120, 36)) as pilot:
                await until_shown(pilot, "REDIS REFUSES")
                shown = screen_text(app)
                assert "wrong-password" not in shown
                assert app.desk.link.next_try_at - app.desk.clock() > 5


@awaited
async def test_what_is_no_redis_at_all_is_told(tmp_path: Path) -> None:
    with a_dashboard("redis://127.0.0.1:1/0") as app:
        async with app.run_test(size=(80, 23)) as pilot:
            await until_shown(pilot, "NO REDIS")
            await until_shown(pilot, "q is safe")
            assert "127.0.0.1:1" in screen_text(app)


@awaited
async def test_two_dashboards_see_what_the_other_does(server: RedisServer) -> None:
    job_id = plant(server)
    with a_dashboard(server.url) as one, a_dashboard(server.url) as two:
        async with one.run_test(size=(120, 36)) as first, two.run_test(size=(120, 36)) as second:
            await until_shown(first, "● RUNNING")
            await until_shown(second, "● RUNNING")

            await first.press("p")
            await until_shown(second, "PAUSED", 2.0)
            await until_shown(first, "PAUSED", 2.0)

            await second.press("1", "X")
            await until_shown(second, "Cancel the job")
            await second.press(*job_id, "enter")
            await until_shown(first, "CANCELLED", 2.0)
            await until_shown(second, "CANCELLED", 2.0)
    with RedisClient(server.target) as queue:
        assert queue.snapshot(queue.find_job(job_id)).state is JobState.CANCELLED
        kinds = [event.kind for event in queue.events(queue.find_job(job_id))]
        assert kinds.count("job_paused") == 1
        assert kinds.count("job_cancelled") == 1


@awaited
async def test_a_job_that_is_not_there_is_said_and_another_one_shown(server: RedisServer) -> None:
    plant(server)
    with a_dashboard(server.url, job="nope") as app:
        async with app.run_test(size=(120, 36)) as pilot:
            await until_shown(pilot, "no job begins with 'nope'")
            await until_shown(pilot, "acme/things")


@awaited
async def test_an_empty_redis_begins_with_the_first_question(server: RedisServer) -> None:
    with a_dashboard(server.url) as app:
        async with app.run_test(size=(80, 23)) as pilot:
            await until_shown(pilot, "Which repo?")
            assert "[2 Files]" in screen_text(app)
