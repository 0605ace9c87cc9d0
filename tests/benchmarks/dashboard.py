"""The dashboard over 500 workers that change each second, in a real terminal of 160 by 50.

Run it by hand: `python -m tests.benchmarks.dashboard [--minutes 10] [--workers 500]`. Bars: at most
8 % of a core, no block of the event loop over 50 ms, at most 120 MiB and flat, first frame within
1.5 s, at most 30 Redis commands a refresh. On a machine that does other things as well, only the
loop's own processor time says something: a bare loop beside it tells how much was missed.
"""

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.benchmarks.dashboard_hands import HANDS
from tests.benchmarks.loop_turns import Found
from tests.dashboard.real_terminal import Terminal
from tests.redis_servers import RedisServer, valkey_server

_COLUMNS, _ROWS = 160, 50
_SETTLE_SECONDS = 8
_PAGES = {"1": "Overview", "3": "Workers", "4": "Tasks"}
_FOCUS_LOST = "\x1b[O"  # as a terminal tells that another window is in front
_QUIET_MILLISECONDS = 10  # what a bare loop misses on a machine that has nothing else to do
_TICKS = os.sysconf("SC_CLK_TCK")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--workers", type=int, default=500)
    parser.add_argument("--seconds", type=float, default=30.0, help="of each watch of the loop")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as directory:
        base = Path(directory)
        _first_frame(base)
        with valkey_server(base / "idle") as server:
            _idle(base, server)
        with valkey_server(base / "redis") as server, _crowd(server, given.workers):
            _pages(base, server)
            _blocks(base, server, given.seconds)
            _memory(base, server, given.minutes)


def _first_frame(base: Path) -> None:
    taken = []
    for number in range(5):
        with Terminal(base / f"first-{number}", _COLUMNS, _ROWS) as terminal:
            terminal.wait_for("$")
            began = time.monotonic()
            terminal.hfdl("--redis-host", "127.0.0.1", "--redis-port", "1")
            terminal.wait_for("1 Overview")
            taken.append(time.monotonic() - began)
            terminal.press("q")
    shown = f"{min(taken):.2f} s at best, {statistics.median(taken):.2f} s mostly"
    _say("first frame, Redis unreachable", shown, "1.5 s")


def _idle(base: Path, server: RedisServer) -> None:
    """A queue without a job, in front and behind other windows."""
    for name, sequence in (("in front", ""), ("in the background", _FOCUS_LOST)):
        with _dashboard(base / name.replace(" ", "-"), server) as terminal:
            terminal.send(sequence)
            time.sleep(_SETTLE_SECONDS)
            _say(f"nothing to do, {name}: share of a core", f"{_share(terminal):.1f} %", "3 %")


def _pages(base: Path, server: RedisServer) -> None:
    for key, name in _PAGES.items():
        with _dashboard(base / f"page-{key}", server) as terminal:
            terminal.press(key)
            terminal.wait_for(f"[{key} {name}")
            time.sleep(_SETTLE_SECONDS)
            _say(f"{name}: share of a core", f"{_share(terminal):.1f} %", "8 %")
            _say(f"{name}: Redis commands a second", f"{_commands_a_second(server):.1f}", "30")


def _share(terminal: Terminal, seconds: float = 30.0) -> float:
    """Of a core, in percent, over so many seconds."""
    pid = terminal.pid
    cpu, began = _cpu_seconds(pid), time.monotonic()
    time.sleep(seconds)
    return 100 * (_cpu_seconds(pid) - cpu) / (time.monotonic() - began)


def _blocks(base: Path, server: RedisServer, seconds: float) -> None:
    for number, (name, hands) in enumerate(HANDS.items()):
        found, control = base / f"blocks-{number}.json", base / f"control-{number}.json"
        with _dashboard(base / f"probe-{number}", server, probe=found) as terminal:
            time.sleep(_SETTLE_SECONDS)
            with _control(control, seconds):
                hands(terminal, seconds)
            terminal.press("Escape", "C-q")
            terminal.wait_for_shell()
        _say_blocks(name, Found.read(found), Found.read(control))


@contextmanager
def _control(path: Path, seconds: float) -> Iterator[None]:
    """A loop with nothing to do, meanwhile: what it misses, the machine was short of."""
    command = [sys.executable, "-m", "tests.benchmarks.loop_turns", str(path), str(seconds)]
    with subprocess.Popen(command) as process:
        yield
        process.wait()


def _say_blocks(name: str, found: Found, control: Found) -> None:
    wall, missed = found.longest, control.longest.wall
    is_quiet = missed < _QUIET_MILLISECONDS
    shown = f"{wall.wall:.0f} ms (own {wall.own:.0f}, other threads {wall.others:.0f})"
    bar = "50 ms" if is_quiet else f"none: a bare loop missed {missed:.0f} ms"
    _say(f"{name}: longest block of the loop", shown, bar)
    most = [f"{each:.0f}" for each in found.own[:4]]
    _say(f"{name}: most of its own processor time", f"{', '.join(most)} ms", "40 ms")


def _memory(base: Path, server: RedisServer, minutes: float) -> None:
    with _dashboard(base / "memory", server) as terminal:
        terminal.press("3")
        readings = []
        for _ in range(max(2, round(minutes * 2))):
            time.sleep(30)
            readings.append(_resident_mib(terminal.pid))
            terminal.press("1345"[len(readings) % 4])
        half = len(readings) // 2
        early, late = max(readings[:half]), max(readings[half:])
    _say(
        f"resident memory over {minutes:g} min", f"{late:.0f} MiB (half-way {early:.0f})", "120 MiB"
    )


@contextmanager
def _dashboard(base: Path, server: RedisServer, probe: Path | None = None) -> Iterator[Terminal]:
    environ = {"HFDL_REDIS_URL": server.url, "PYTHONPATH": str(Path(__file__).parents[2])}
    with Terminal(base, _COLUMNS, _ROWS, environ) as terminal:
        terminal.wait_for("$")
        if probe is None:
            terminal.hfdl()
        else:
            terminal.type(f"{sys.executable} -m tests.benchmarks.dashboard_probe {probe}")
        terminal.wait_for("redis ●")
        yield terminal


@contextmanager
def _crowd(server: RedisServer, workers: int) -> Iterator[None]:
    command = [sys.executable, "-m", "tests.benchmarks.dashboard_crowd", str(server.port)]
    with subprocess.Popen([*command, str(workers)], stdout=subprocess.PIPE, text=True) as crowd:
        try:
            assert crowd.stdout is not None
            assert crowd.stdout.readline() == "ready\n"
            yield
        finally:
            crowd.kill()


def _commands_a_second(server: RedisServer, seconds: float = 10.0) -> float:
    """From the dashboard's own connections; what a script does inside is one command."""
    clients = server.client.client_list()
    own = {client["addr"] for client in clients if client["name"] == "hfdl"}
    number, end = 0, time.monotonic() + seconds
    with server.client.monitor() as monitor:  # type: ignore[no-untyped-call]  # redis-py
        for heard in monitor.listen():  # the crowd speaks all the time, so this comes to an end
            number += f"{heard['client_address']}:{heard['client_port']}" in own
            if time.monotonic() >= end:
                break
    return number / seconds


def _cpu_seconds(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICKS


def _resident_mib(pid: int) -> float:
    [line] = [
        line
        for line in Path(f"/proc/{pid}/status").read_text().splitlines()
        if line.startswith("VmRSS")
    ]
    return int(line.split()[1]) / 1024


def _say(what: str, figure: str, bar: str) -> None:
    print(f"{what:<52} {figure:<40} (bar {bar})", flush=True)


if __name__ == "__main__":
    main()
