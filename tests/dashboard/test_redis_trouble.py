"""The dashboard over a real Redis that goes away, falls silent, refuses and comes back."""

import itertools
import statistics
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from textual.pilot import Pilot

from hfdl_core.queue import RedisClient
from hfdl_tui.dashboard.app import HfdlApp
from hfdl_tui.dashboard.keys import BY_ID
from tests.dashboard.answering import live_dashboard
from tests.dashboard.screen import awaited, screen_text, until, until_shown
from tests.queue.bench import Bench
from tests.redis_servers import RedisServer, valkey_server


@pytest.fixture
def server(tmp_path: Path) -> Iterator[RedisServer]:
    with valkey_server(tmp_path / "redis") as running:
        yield running


def plant(server: RedisServer) -> str:
    with RedisClient(server.target) as queue:
        bench = Bench(server, queue)
        job_id = bench.plant([500, 400, 300], max_attempts=1)
        task = bench.claim(job_id)
        bench.fail(task, permanent=True)
        return job_id


def log(server: RedisServer, job_id: str, *texts: str) -> None:
    with RedisClient(server.target) as queue:
        for text in texts:
            queue.log(queue.find_job(job_id), "note", text)


async def seconds_until(pilot: Pilot[int], condition: Callable[[], bool]) -> float:
    began = time.monotonic()
    await until(pilot, condition)
    return time.monotonic() - began


def assert_blind(app: HfdlApp) -> None:
    """It says what is wrong and what helps, shows what it knew, and offers to change nothing."""
    shown = screen_text(app)
    assert "NO REDIS" in shown
    assert "^r try now" in shown
    assert "Finished files are safe." in shown
    assert "? UNKNOWN" in shown
    assert "acme/things" in shown
    assert app.desk.store.job is not None
    offered = {
        bound.binding.id: bound.enabled
        for bound in app.screen.active_bindings.values()
        if bound.binding.id in BY_ID and BY_ID[bound.binding.id].writes
    }
    assert len(offered) > 3
    assert not any(offered.values()), offered


@awaited
async def test_redis_stops_and_comes_back_and_nothing_is_lost(server: RedisServer) -> None:
    job_id = plant(server)
    meanwhile = [f"written while it was blind: {number}" for number in range(300)]
    with live_dashboard(server.url) as app:
        async with app.run_test(size=(120, 36)) as pilot:
            await until_shown(pilot, "● RUNNING")
            log(server, job_id, "written at the last moment")
            server.kill()
            assert await seconds_until(pilot, lambda: "NO REDIS" in screen_text(app)) <= 3
            assert_blind(app)
            await pilot.press("p")
            await until_shown(pilot, "not connected to Redis")

            await try_in_vain(app, pilot, times=8)
            assert_blind(app)
            server.start()
            log(server, job_id, *meanwhile)
            assert await seconds_until(pilot, lambda: "NO REDIS" not in screen_text(app)) <= 3
            assert "● RUNNING" in screen_text(app)

            told = app.desk.store.events
            await until(pilot, lambda: meanwhile[-1] in [event.text for event in told])
            texts = [event.text for event in told]
            assert texts.count("written at the last moment") == 1
            assert [text for text in texts if "blind" in text] == meanwhile
            assert len(texts) == len(set(texts))


async def try_in_vain(app: HfdlApp, pilot: Pilot[int], times: int) -> None:
    """So often that the pauses between two tries grow no more, as in an outage of a minute."""
    for number in range(times):
        app.look_now()
        await until(pilot, lambda least=number: app.desk.link.attempt > least)  # type: ignore[misc]


@awaited
async def test_a_silent_redis_is_told_of_and_keys_are_answered(server: RedisServer) -> None:
    """The benchmark of answers tells that it is within 100 ms where the machine is quiet."""
    plant(server)
    tabs = itertools.cycle([("3", "[3 Work"), ("4", "[4 Tasks"), ("5", "[5 Ev"), ("1", "[1 Over")])
    answers = []
    with live_dashboard(server.url) as app:
        async with app.run_test(size=(120, 36)) as pilot:
            await until_shown(pilot, "● RUNNING")
            with server.paused():
                began = time.monotonic()
                while app.desk.link.attempt < 2:  # through the time-out, and again when it connects
                    answers.append(await app.answer(*next(tabs)))
                    await pilot.pause(0.1)
                    is_late = time.monotonic() - began > 6  # an answer is waited for two seconds
                    assert not is_late or "NO REDIS" in screen_text(app)
                await pilot.press("1")
                assert_blind(app)
            assert await seconds_until(pilot, lambda: app.desk.link.is_up) <= 3
            await until_shown(pilot, "redis ●")
    assert statistics.median(answer.own for answer in answers) <= 100
    assert max(answer.wall for answer in answers) <= 1500  # what waits for Redis takes two seconds


@awaited
async def test_a_wrong_password_is_told_apart_and_not_hammered(tmp_path: Path) -> None:
    with valkey_server(tmp_path / "redis", "--requirepass", "right-password") as server:
        wrong = server.url.replace("right-password", "wrong-password")
        with live_dashboard(wrong) as app:
            async with app.run_test(size=(120, 36)) as pilot:
                await until_shown(pilot, "REDIS REFUSES")
                shown = screen_text(app)
                assert "wrong-password" not in shown
                assert app.desk.link.next_try_at - app.desk.clock() > 5


@awaited
async def test_what_is_no_redis_at_all_is_told(tmp_path: Path) -> None:
    with live_dashboard("redis://127.0.0.1:1/0") as app:
        async with app.run_test(size=(80, 23)) as pilot:
            await until_shown(pilot, "NO REDIS")
            await until_shown(pilot, "q is safe")
            assert "127.0.0.1:1" in screen_text(app)


@awaited
async def test_a_job_that_is_not_there_is_said_and_another_one_shown(server: RedisServer) -> None:
    plant(server)
    with live_dashboard(server.url, job="nope") as app:
        async with app.run_test(size=(120, 36)) as pilot:
            await until_shown(pilot, "no job begins with 'nope'")
            await until_shown(pilot, "acme/things")


@awaited
async def test_an_empty_redis_begins_with_the_first_question(server: RedisServer) -> None:
    with live_dashboard(server.url) as app:
        async with app.run_test(size=(80, 23)) as pilot:
            await until_shown(pilot, "Which repo?")
            assert "[2 Files]" in screen_text(app)
