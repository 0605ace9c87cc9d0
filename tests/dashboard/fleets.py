"""A fleet in every state, and a log of what befell it."""

import math
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from textual.pilot import Pilot

from hfdl_core.models import Event, Lane, WorkerState, WorkerView
from hfdl_core.monitor import FleetView
from hfdl_core.task_id import RangeWork
from hfdl_tui.dashboard.app import HfdlApp
from hfdl_tui.dashboard.view.history import SpeedHistory
from hfdl_tui.dashboard.view.store import key_of
from tests.dashboard.fakes import GB, JOB, MB, NOW, a_file, a_job, a_task_in_hand, a_view, a_worker
from tests.dashboard.fakes import an_event as event
from tests.dashboard.running import show

HOSTILE = (
    "a[/b].bin",
    "x[/",
    "data[train].parquet",
    "[b",
    "two\nlines",
    "日本語" * 30,
    "\u202ertl\u2066",
    "\x1b]0;PWNED\x07\x1b[2J",
    "long" * 1000,
)


def a_fleet() -> list[WorkerView]:
    two_lanes = (
        Lane(name="direct", bytes_per_second=1.2e6, connections=2),
        Lane(name="proxy.lab:3128", bytes_per_second=0.7e6, connections=2),
    )
    gone = {"throughput_bytes_per_second": 0.0, "tasks": (), "lanes": ()}
    gone["limit_bytes_per_second"] = None
    return [
        a_worker("w-01", tasks=(_range(1900, 1964), _range(1964, 2000), _range(2000, 2050))),
        a_worker(
            "w-02",
            host="node-02",
            limit_bytes_per_second=None,
            throughput_bytes_per_second=1.9e6,
            tasks=(_range(2150, 2214), _range(2214, 2280)),
            lanes=two_lanes,
        ),
        a_worker("w-03", status=WorkerState.IDLE, tasks=(), throughput_bytes_per_second=0),
        a_worker(
            "w-04",
            host="node-04",
            status=WorkerState.STEPPED_ASIDE,
            reason="no access: set HF_TOKEN there",
            tasks=(),
            throughput_bytes_per_second=0,
            errors=4,
            last_error="401 Unauthorized: this repo needs a token with access",
        ),
        a_worker("w-05", status=WorkerState.LATE, last_heartbeat_seconds_ago=8.4),
        a_worker("w-06", status=WorkerState.DRAINING, reason="asked to drain"),
        a_worker(
            "w-07",
            host="node-07",
            status=WorkerState.LOST,
            last_heartbeat_seconds_ago=17520,
            errors=3,
            last_error="HTTP 503 from cdn.example after 30.0 s",
            **gone,
        ),
        a_worker(
            "w-08",
            status=WorkerState.LEFT,
            reason="stopped",
            last_heartbeat_seconds_ago=700,
            **gone,
        ),
        a_worker("w-10", tasks=(_range(0, 64, path="tokenizer.json"),)),
    ]


def a_log() -> tuple[Event, ...]:
    process = "1f6c0b2a"
    shard = "data/train-00317-of-01000.parquet"
    told = [
        ("job_created", "planning", "", ""),
        ("job_sealed", "1024 files, 300000000000 bytes", "", ""),
        ("worker_joined", "joined", "w-07", ""),
        ("stolen", f"33554432 bytes from w-01/{process}", f"w-02/{process}", shard),
        ("task_retrying", "HTTP 503 from cdn.example after 30.0 s", f"w-07/{process}", shard),
        ("lease_expired", f"w-07/{process} went silent", f"w-07/{process}", shard),
        ("stepped_aside", "401: no access to acme/model-9b", "w-04", ""),
        ("task_failed", "HTTP 404: entry not found", f"w-02/{process}", "data/gone.bin"),
        ("limited", "the fleet is limited to 10M", "", ""),
        ("of_a_newer_hfdl", "something", "w-01", ""),
    ]
    return tuple(
        event(
            text,
            event_id=f"{number}-0",
            kind=kind,
            worker=worker,
            path=path,
            at=datetime.fromtimestamp(NOW - 300 + 10 * number, UTC),
        )
        for number, (kind, text, worker, path) in enumerate(told)
    )


def busy_view(workers: Sequence[WorkerView] = (), **changes: Any) -> FleetView:
    """With a job: without one the dashboard begins elsewhere."""
    return a_view([a_job()], workers, **changes)


def fleet_view(workers: list[WorkerView] | None = None, **changes: Any) -> FleetView:
    given: dict[str, Any] = {
        "files": (a_file(size=5 * GB),),
        "focus_job": JOB,
        "events": a_log(),
        "draining": frozenset({"w-06"}),
    }
    return busy_view(a_fleet() if workers is None else workers, **(given | changes))


async def still(app: HfdlApp, pilot: Pilot[int], view: FleetView) -> None:
    """After a minute in which speeds wavered; from now on no time passes for what is shown."""
    store = app.desk.store
    now = store._clock()
    store._clock = lambda: now
    store._sampled_at = math.inf  # a slow machine shall show no more samples than a quick one
    store.speed = SpeedHistory()
    store.speed.add(6.0 * MB)
    for number, worker in enumerate(view.workers):
        history = store._histories[key_of(worker)] = SpeedHistory()
        for second in range(60):
            share = 0.6 + 0.4 * math.sin((second + 7 * number) / 9)
            history.add(share * worker.throughput_bytes_per_second)
    await show(app, pilot, replace(view, events=()))


def _range(begin: int, end: int, **changes: Any) -> Any:
    """In megabytes."""
    task_id = RangeWork(0, 0, begin * MB, end * MB).task_id
    given = {"task_id": task_id, "begin": begin * MB, "end": end * MB, "position": begin * MB}
    return a_task_in_hand(**(given | changes))
