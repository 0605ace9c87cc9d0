"""Twenty workers, many tiny files, a Hub that enforces its quota: how evenly the fleet spends it.

    uv run python -m tests.benchmarks.hub_budget [--workers 20] [--files 20000] [--quota 5000]
        [--window 60] [--kind lfs|regular]

The Hub's own window is 300 s; time is scaled: 5,000 requests in each 60 s are 5 times as many a
second as the Hub gives. A regular file costs two requests, an LFS file one. Prints what the
pretend Hub counted in each window: requests, refusals (429), and the share of the quota used. The
first window is warm-up, and once no task waits to be taken some workers have nothing to ask for;
the bars (no 429, at least 95 % used) are for the windows between.
"""

import argparse
import itertools
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from hfdl_core.models import JobId, JobState
from hfdl_core.monitor import JobMonitor
from hfdl_core.queue import RedisClient
from hfdl_tui.demo.hub import HubOptions, LfsRule, PretendHub, Quotas, Record, Role
from tests.end_to_end.fleet import Fleet
from tests.redis_servers import RedisServer, valkey_server

LEAST_SHARE = 0.95
TOKEN = "hf_fleet"


@dataclass(frozen=True, slots=True)
class Window:
    """What the Hub counted in one window; it opens with its first request."""

    begins: float
    requests: int
    refused: int


def windows_of(records: Sequence[Record], seconds: float) -> list[Window]:
    """Group what the Hub was asked for files as its quota does."""
    roles = {Role.RESOLVE, Role.RESOLVE_CACHE}
    windows: list[list[Record]] = []
    for record in records:
        if record.role in roles:
            if not windows or record.time - windows[-1][0].time >= seconds:
                windows.append([])
            windows[-1].append(record)
    return [
        Window(group[0].time, len(group), sum(record.status == 429 for record in group))
        for group in windows
    ]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--workers", type=int, default=20)
    parser.add_argument("--files", type=int, default=20_000)
    parser.add_argument("--quota", type=int, default=5_000)
    parser.add_argument("--window", type=int, default=60)
    parser.add_argument("--kind", choices=["lfs", "regular"], default="lfs")
    wish = parser.parse_args()
    options = HubOptions(
        quotas=Quotas(resolvers=wish.quota, window=float(wish.window)), log_size=10_000_000
    )
    with (
        tempfile.TemporaryDirectory() as scratch,
        valkey_server(Path(scratch) / "redis") as redis,
        PretendHub(options) as hub,
    ):
        fleet = Fleet(Path(scratch), hub, redis.url)
        try:
            busy_until = run(fleet, redis, wish)
        finally:
            fleet.end()
        tell(windows_of(hub.requests.select(), wish.window), busy_until, wish)


def run(fleet: Fleet, redis: RedisServer, wish: argparse.Namespace) -> float:
    """Bring the whole repo home; until when there was work for everybody."""
    rule = LfsRule(0 if wish.kind == "lfs" else 1 << 40, suffixes=())
    files = {f"{n // 1000:03}/{n:06}.bin": n.to_bytes(8, "big") for n in range(wish.files)}
    fleet.hub.add_repo("acme/tiny", files, lfs=rule)
    # The quota is the token's: without one, each machine believes that it has one of its own.
    fleet.hub.add_token(TOKEN)
    job = fleet.master("acme/tiny", "--deliver", "keep", HF_TOKEN=TOKEN)
    for number in range(wish.workers):
        fleet.worker(f"w{number:02}", "--exit-when-idle", "3", HF_TOKEN=TOKEN)
    limits: list[str] = []
    commands, begun, busy_until = _commands(redis), time.monotonic(), time.time()
    with RedisClient(redis.target, client_name="benchmark") as queue:
        monitor = JobMonitor(queue)
        while (found := monitor.status(JobId(job))).status is JobState.RUNNING:
            limits.append(found.limited_by)
            if queue.snapshot(JobId(job)).pending:
                busy_until = time.time()
            time.sleep(1)
    seconds = time.monotonic() - begun
    rate = (_commands(redis) - commands) / seconds / wish.workers
    print(f"{wish.workers} workers, {wish.files} {wish.kind} files: {found.status}")
    print(f"{seconds:.0f} s; {rate:.1f} redis commands a second and worker (all moves together)")
    told = ", ".join(f"{name} {len(list(times))}x" for name, times in itertools.groupby(limits))
    print(f"limited_by: {told}")
    return busy_until


def tell(windows: Sequence[Window], busy_until: float, wish: argparse.Namespace) -> None:
    print(f"{'window':>6}{'at':>8}{'requests':>10}{'429':>6}{'used':>8}")
    for number, window in enumerate(windows):
        used = (window.requests - window.refused) / wish.quota
        at = window.begins - windows[0].begins
        print(f"{number:>6}{at:>7.1f}s{window.requests:>10}{window.refused:>6}{used:>8.1%}")
    full = [window for window in windows[1:] if window.begins + wish.window <= busy_until]
    if not full:
        print("no full window after the first: more files, please")
        return
    refused = sum(window.refused for window in full)
    least = min((window.requests - window.refused) / wish.quota for window in full)
    verdict = "held" if refused == 0 and least >= LEAST_SHARE else "MISSED"
    print(f"{len(full)} full windows: {refused} refused, least share {least:.1%}: bars {verdict}")


def _commands(redis: RedisServer) -> int:
    return int(redis.command("INFO", "stats")["total_commands_processed"])


if __name__ == "__main__":
    main()
