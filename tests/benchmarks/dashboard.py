"""The dashboard over 500 workers that change each second, in a real terminal of 160 by 50.

Run it by hand: `python -m tests.benchmarks.dashboard [--minutes 10] [--workers 500]`. Bars: at most
8 % of a core, no block of the event loop over 50 ms, at most 120 MiB and flat, first frame within
1.5 s, at most 30 Redis commands a refresh.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.dashboard.real_terminal import Terminal
from tests.redis_servers import RedisServer, valkey_server

_COLUMNS, _ROWS = 160, 50
_SETTLE_SECONDS = 8
_PAGES = {"1": "Overview", "3": "Workers", "4": "Tasks"}
_TICKS = os.sysconf("SC_CLK_TCK")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--workers", type=int, default=500)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as directory:
        base = Path(directory)
        with valkey_server(base / "redis") as server, _crowd(server, given.workers):
            _first_frame(base)
            _pages(base, server)
            _blocks(base, server)
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
    _say("first frame, Redis unreachable", f"{statistics.median(taken):.2f} s", "1.5 s")


def _pages(base: Path, server: RedisServer, seconds: float = 30.0) -> None:
    for key, name in _PAGES.items():
        with _dashboard(base / f"page-{key}", server) as terminal:
            terminal.press(key)
            terminal.wait_for(f"[{key} {name}")
            time.sleep(_SETTLE_SECONDS)
            pid = terminal.pid
            cpu, began = _cpu_seconds(pid), time.monotonic()
            time.sleep(seconds)
            wall = time.monotonic() - began
            used = 100 * (_cpu_seconds(pid) - cpu) / wall
            _say(f"{name}: share of a core", f"{used:.1f} %", "8 %")
            _say(f"{name}: Redis commands a second", f"{_commands_a_second(server):.1f}", "30")


def _blocks(base: Path, server: RedisServer, seconds: float = 60.0) -> None:
    for key, name in _PAGES.items():
        found = base / f"blocks-{key}.json"
        with _dashboard(base / f"probe-{key}", server, probe=found) as terminal:
            terminal.press(key)
            terminal.wait_for(f"[{key} {name}")
            time.sleep(_SETTLE_SECONDS + seconds)
            terminal.press("q")
            terminal.wait_for_shell()
        blocks = json.loads(found.read_text())
        shown = f"{blocks[0]:.0f} ms (then {', '.join(f'{each:.0f}' for each in blocks[1:6])})"
        _say(f"{name}: longest block of the loop in {seconds:.0f} s", shown, "50 ms")


def _memory(base: Path, server: RedisServer, minutes: float) -> None:
    with _dashboard(base / "memory", server) as terminal:
        terminal.press("3")
        readings = []
        for _ in range(max(2, round(minutes * 2))):
            time.sleep(30)
            readings.append(_resident_mib(terminal.pid))
            terminal.press("1" if len(readings) % 2 else "3")
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
