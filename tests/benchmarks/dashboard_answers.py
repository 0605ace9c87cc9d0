"""How soon the dashboard answers, each answer ten times: what its acceptance checks bound.

Run it by hand: `python -m tests.benchmarks.dashboard_answers [--times 10] [--outage 60]`. The bars
are of a quiet machine: the start of a bare Python beside them tells how quiet this one is.
"""

import argparse
import asyncio
import itertools
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from hfdl_core.queue import RedisClient
from hfdl_tui.dashboard.garbage import keep_what_is_loaded
from tests.dashboard.answering import Answer, is_unread, live_dashboard
from tests.dashboard.real_terminal import Terminal
from tests.dashboard.screen import until_shown
from tests.queue.bench import Bench
from tests.redis_servers import RedisServer, valkey_server

_NOBODY = ("--redis-host", "127.0.0.1", "--redis-port", "1")
_TABS = (("3", "[3 Work"), ("4", "[4 Tasks"), ("5", "[5 Ev"), ("1", "[1 Over"))
_PAUSE_SECONDS = 0.1
_TIME_OUTS = 2  # once while it is connected, once as it connects


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--times", type=int, default=10)
    parser.add_argument("--outage", type=float, default=60.0, help="seconds without Redis")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as directory, valkey_server(Path(directory, "r")) as server:
        with RedisClient(server.target) as queue:
            Bench(server, queue).plant([500, 400])

        def measured(answer: Callable[[Terminal, RedisServer], float]) -> list[float]:
            return [_in_a_terminal(answer, server) for _ in range(given.times)]

        _say("a bare Python starts", [_bare_python() for _ in range(given.times)], None)
        _say("first frame, Redis unreachable", measured(_first_frame), 1500)
        _say("no terminal: message and exit code", measured(_no_terminal), 1000)
        _say("q while a look hangs", measured(_leave), 1000)
        answers = asyncio.run(_keys(server))
        _say("a key while Redis is frozen", [answer.wall for answer in answers], 100)
        _say("… the loop's own processor time", [answer.own for answer in answers], None)
        with _dashboard(server) as terminal:
            _outage(terminal, server, given.outage)


def _in_a_terminal(answer: Callable[[Terminal, RedisServer], float], server: RedisServer) -> float:
    with tempfile.TemporaryDirectory() as base, Terminal(Path(base)) as terminal:
        terminal.wait_for("$")
        return answer(terminal, server)


def _bare_python() -> float:
    began = time.monotonic()
    subprocess.run([sys.executable, "-c", "pass"], check=True)
    return _milliseconds_since(began)


def _first_frame(terminal: Terminal, _server: RedisServer) -> float:
    began = time.monotonic()
    terminal.hfdl(*_NOBODY)
    terminal.wait_for("connecting to")
    return _milliseconds_since(began)


def _no_terminal(terminal: Terminal, _server: RedisServer) -> float:
    began = time.monotonic()
    terminal.hfdl(after=" </dev/null; echo code=$?")
    terminal.wait_for("code=2")
    return _milliseconds_since(began)


def _leave(terminal: Terminal, server: RedisServer) -> float:
    _open(terminal, server)
    with server.paused():
        terminal.wait_until(lambda: is_unread(server.port), what="a look that hangs")
        terminal.press("q")
        return 1000 * terminal.wait_for_shell()


async def _keys(server: RedisServer) -> Sequence[Answer]:
    """From page to page; three of them come up for the first time."""
    keep_what_is_loaded()  # as the dashboard itself does when it is opened
    tabs = itertools.cycle(_TABS)
    answers = []
    with live_dashboard(server.url) as app:
        async with app.run_test(size=(160, 50)) as pilot:
            await until_shown(pilot, "● RUNNING")
            with server.paused():
                while app.desk.link.attempt < _TIME_OUTS:
                    answers.append(await app.answer(*next(tabs)))
                    await asyncio.sleep(_PAUSE_SECONDS)
    return answers


@contextmanager
def _dashboard(server: RedisServer) -> Iterator[Terminal]:
    with tempfile.TemporaryDirectory() as base, Terminal(Path(base)) as terminal:
        terminal.wait_for("$")
        _open(terminal, server)
        yield terminal


def _open(terminal: Terminal, server: RedisServer) -> None:
    terminal.hfdl("--redis-host", "127.0.0.1", "--redis-port", str(server.port))
    terminal.wait_for("redis ●")


def _outage(terminal: Terminal, server: RedisServer, seconds: float) -> None:
    server.kill()
    began = time.monotonic()
    terminal.wait_for("NO REDIS")
    _say("Redis is stopped: the banner", [_milliseconds_since(began)], 3000)
    time.sleep(seconds)
    terminal.press("3")
    assert "NO REDIS" in terminal.wait_for("[3 Work")
    server.start()
    began = time.monotonic()
    terminal.wait_until(lambda: "NO REDIS" not in terminal.screen, what="no banner")
    _say(f"started after {seconds:g} s: no banner", [_milliseconds_since(began)], 3000)


def _milliseconds_since(began: float) -> float:
    return 1000 * (time.monotonic() - began)


def _say(what: str, taken: Sequence[float], bar: float | None) -> None:
    shown = f"{statistics.median(taken):5.0f} ms mostly, {max(taken):5.0f} at worst"
    print(f"{what:<40} {shown} of {len(taken)}" + (f"   bar {bar:g} ms" if bar else ""), flush=True)


if __name__ == "__main__":
    main()
