"""A fleet of 500 workers that say each second what they do: the dashboard's load, as a process.

`python -m tests.benchmarks.dashboard_crowd PORT WORKERS`: makes a job, lets every worker hold two
ranges of it, prints `ready`, and beats until it is ended. Speeds and positions change all the time.
"""

import random
import sys
import time
from datetime import UTC, datetime

from pydantic import SecretStr

from hfdl_core.models import (
    CurrentTask,
    Delivery,
    DownloadTask,
    Lane,
    WorkerState,
    WorkerStatus,
)
from hfdl_core.queue import RedisClient
from hfdl_core.redis_target import RedisTarget
from tests.queue.bench import make_files, make_spec, make_tasks

_MB = 1_000_000
_FILE_BYTES = 5_000 * _MB
_CARVED_BYTES = 8 * _MB
_LEASES_EACH = 2


def main(port: int, workers: int) -> None:
    target = RedisTarget.from_url(SecretStr(f"redis://127.0.0.1:{port}/0"))
    with RedisClient(target, client_name="crowd") as queue:
        crowd = _join(queue, workers)
        print("ready", flush=True)
        chance = random.Random(7)
        while True:
            began = time.monotonic()
            for number, tasks in enumerate(crowd):
                queue.beat(_status(number, tasks, chance))
            time.sleep(max(0.0, 1.0 - (time.monotonic() - began)))


def _join(queue: RedisClient, workers: int) -> list[list[DownloadTask]]:
    from hfdl_core.models import Token

    sizes = [_FILE_BYTES] * 8
    spec = make_spec("crowd", Delivery.GATHER)
    begun = queue.begin_plan(spec, "plan-1", 50)
    queue.publish_page(spec.job_id, begun.epoch, 0, make_files(sizes), make_tasks(sizes))
    queue.seal(spec.job_id, begun.epoch, "plan-1", len(sizes), sum(sizes), 1)
    crowd = []
    for number in range(workers):
        tokens = [Token(f"{_name(number)}.{lease}") for lease in range(_LEASES_EACH)]
        claimed = queue.claim(spec.job_id, f"{_name(number)}/boot", tokens, _CARVED_BYTES)
        crowd.append(list(claimed.tasks))
    return crowd


def _name(number: int) -> str:
    return f"w-{number:04}"


def _status(number: int, tasks: list[DownloadTask], chance: random.Random) -> WorkerStatus:
    speed = _MB * chance.uniform(0.8, 1.1)
    lane = Lane(name="direct", bytes_per_second=speed, connections=_LEASES_EACH)
    return WorkerStatus(
        worker_id=_name(number),
        boot_id="boot",
        host=f"node-{number // 8:03}",
        pid=1000 + number,
        version="1",
        state=WorkerState.WORKING,
        started_at=datetime.now(UTC),
        throughput_bytes_per_second=speed,
        tasks=tuple(
            CurrentTask(
                job_id=task.job_id,
                task_id=task.task_id,
                path=task.files[0].path,
                begin=task.begin,
                end=task.end,
                position=chance.randrange(task.begin, task.end),
                bytes_per_second=speed / _LEASES_EACH,
            )
            for task in tasks
        ),
        lanes=(lane,),
        bytes_completed=chance.randrange(10**12),
    )


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
