"""What the queue's moves cost: calls a second, and server CPU per call.

Run it by hand: `python -m tests.benchmarks.queue_rates [PENDING] [valkey|redis]`. The bar: the
reports of 300 workers take at most 5 % of a core of Redis.
"""

import itertools
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from hfdl_core.models import Delivery, DownloadTask, JobId, Token
from hfdl_core.queue import Progress, RedisClient
from tests.benchmarks.queue_memory import publish
from tests.redis_servers import Flavour, RedisServer, server_of

ROUNDS = 1000
WORKERS = 300
STREAMS = 32
_numbers = itertools.count()


def tokens(count: int) -> list[Token]:
    return [Token(f"worker-01/0123456789ab.{next(_numbers)}") for _ in range(count)]


def cpu_seconds(server: RedisServer) -> float:
    found = server.command("INFO", "cpu")
    return float(found["used_cpu_sys"]) + float(found["used_cpu_user"])


@contextmanager
def measured(server: RedisServer, what: str, calls: int) -> Iterator[None]:
    cpu, begun = cpu_seconds(server), time.monotonic()
    yield
    wall = time.monotonic() - begun
    each = (cpu_seconds(server) - cpu) / calls * 1e6
    print(f"{what:<46} {calls / wall:8.0f} /s {each:8.0f} us of the server each")


def claim(queue: RedisClient, job_id: JobId, count: int, carve: int = 0) -> list[DownloadTask]:
    return list(queue.claim(job_id, "worker-01", tokens(count), carve).tasks)


def report(queue: RedisClient, job_id: JobId, tasks: list[DownloadTask], step: int) -> None:
    progress = [
        Progress(task.task_id, task.token, task.begin + step, 123_456.789) for task in tasks
    ]
    queue.report(job_id, "worker-01", progress)


def measure_files(server: RedisServer, queue: RedisClient, pending: int) -> None:
    job_id = publish(queue, "files", pending, 1)
    claimed: list[DownloadTask] = []
    with measured(server, f"claim of 1 with {pending:,} pending", ROUNDS):
        for _ in range(ROUNDS):
            claimed += claim(queue, job_id, 1)
    with measured(server, "complete", ROUNDS):
        for task in claimed:
            queue.complete(job_id, task.task_id, task.token, task.end)
    with measured(server, "claim and complete, one after the other", ROUNDS):
        for _ in range(ROUNDS):
            [task] = claim(queue, job_id, 1)
            queue.complete(job_id, task.task_id, task.token, task.end)
    with measured(server, "snapshot", ROUNDS):
        for _ in range(ROUNDS):
            queue.snapshot(job_id)


def measure_ranges(server: RedisServer, queue: RedisClient) -> None:
    job_id = publish(queue, "ranges", 50_000, 1, Delivery.GATHER)
    groups = [claim(queue, job_id, STREAMS) for _ in range(WORKERS)]
    with measured(server, "claim that finds nothing (an idle poll)", ROUNDS):
        for _ in range(ROUNDS):
            queue.claim(job_id, "worker-01", [])
    steps = itertools.count(1000, 1000)
    for count in (1, STREAMS):
        some = [group[:count] for group in groups]
        with measured(server, f"report of {count} with {WORKERS * STREAMS:,} leases", WORKERS):
            report_all(queue, job_id, some, next(steps))
    for streams, every_seconds in ((2, 5), (STREAMS, 5), (STREAMS, 10)):
        some = [group[:streams] for group in groups]
        cpu = cpu_seconds(server)
        for _ in range(3):
            report_all(queue, job_id, some, next(steps))
        share = (cpu_seconds(server) - cpu) / 3 / every_seconds
        print(
            f"{WORKERS} workers with {streams} streams reporting every {every_seconds} s: "
            f"{share:.1%} of a core (bar 5 %)"
        )


def report_all(
    queue: RedisClient, job_id: JobId, groups: list[list[DownloadTask]], step: int
) -> None:
    for group in groups:
        report(queue, job_id, group, step)


def main() -> None:
    pending = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    flavour = Flavour(sys.argv[2]) if len(sys.argv) > 2 else Flavour.VALKEY
    with tempfile.TemporaryDirectory() as scratch:
        server = server_of(flavour, Path(scratch) / "redis")
        with server, RedisClient(server.target) as queue:
            print(flavour)
            measure_files(server, queue, pending)
            measure_ranges(server, queue)


if __name__ == "__main__":
    main()
