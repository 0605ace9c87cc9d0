"""Acceptance check 16: after any change of size the screen is what a fresh start would show."""

import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from hfdl_core.models import JobId
from hfdl_core.queue import RedisClient
from hfdl_core.settings import Settings
from hfdl_tui.dashboard.app import HfdlApp
from hfdl_tui.dashboard.view.files.browser import HubBrowser
from hfdl_tui.operations.live_source import LiveSource
from tests.dashboard.real_terminal import Terminal
from tests.dashboard.screen import awaited, screen_text, until, until_shown
from tests.queue.bench import Bench
from tests.redis_servers import RedisServer, valkey_server

SIZES = ((160, 50), (80, 24), (60, 15))
_FAILING = range(20)
LAST = "this is the end"
PAGES = {"5": LAST, "4": "dir/file-0", "1": "20 tasks failed"}  # what is on them in the end
_AGES = re.compile(r"\d\d:\d\d:\d\d|\d+ ms|\d+\.\d s(?= old)")


@contextmanager
def load(server: RedisServer, job_id: JobId) -> Iterator[None]:
    """Tasks that fail, and a log that is written all the time; at the end it has a last event."""
    ended = threading.Event()

    def work() -> None:
        with RedisClient(server.target) as queue:
            bench, spec = Bench(server, queue), queue.find_job(job_id)
            for number in range(100):  # less than a fresh start reads of the log
                if number < len(_FAILING):
                    bench.fail(bench.claim(job_id), permanent=True)
                queue.log(spec, "note", "something")
                ended.wait(0.02)
            queue.log(spec, "note", LAST)

    worker = threading.Thread(target=work)
    worker.start()
    try:
        yield
    finally:
        ended.set()
        worker.join()


def test_after_a_resize_it_looks_as_if_started_so(tmp_path: Path) -> None:
    with valkey_server(tmp_path / "redis") as server, Terminal(tmp_path, *SIZES[0]) as terminal:
        with RedisClient(server.target) as queue:
            job_id = Bench(server, queue).plant([500] * 60, max_attempts=1)
        terminal.wait_for("$")
        terminal.hfdl("--redis-host", "127.0.0.1", "--redis-port", str(server.port))
        terminal.wait_for("redis ●")
        terminal.press("5")
        with load(server, job_id):
            for size in (*SIZES[1:], SIZES[0]):
                terminal.wait_for("something")
                terminal.resize(*size)
                terminal.wait_until(lambda: _has_size(terminal), what="the new size")
        terminal.wait_for(LAST)
        for size in SIZES:
            terminal.resize(*size)
            compare_with_a_fresh_start(terminal, server, size)


def compare_with_a_fresh_start(
    terminal: Terminal, server: RedisServer, size: tuple[int, int]
) -> None:
    """Page by page with another dashboard, which never had another size."""
    settings = Settings.load({"redis_url": server.url}, {"HF_ENDPOINT": "http://127.0.0.1:1"})
    source = LiveSource(settings)
    app = HfdlApp(source, HubBrowser(settings))

    @awaited
    async def compare() -> None:
        async with app.run_test(size=size) as pilot:
            await until_shown(pilot, "redis ●")
            for key, content in PAGES.items():
                await pilot.press(key)
                terminal.press(key)
                await until_shown(pilot, content)
                await until(pilot, lambda: _still(screen_text(app)) == _still(terminal.screen), 30)

    try:
        compare()
    finally:
        source.close()


def _has_size(terminal: Terminal) -> bool:
    """The last line of the pane is the dashboard's own."""
    lines = terminal.screen.splitlines()
    return bool(lines) and "q leave" in lines[-1]


def _still(screen: str) -> str:
    """Without what is another from one second to the next."""
    return _AGES.sub("#", "\n".join(line.rstrip() for line in screen.splitlines())).rstrip()
