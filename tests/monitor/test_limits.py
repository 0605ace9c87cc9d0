"""What limits a job: the truth table."""

from dataclasses import replace

import pytest
from pydantic import SecretStr

from hfdl_core.models import (
    CollectorAddress,
    Delivery,
    JobId,
    JobSpec,
    JobState,
    Lane,
    LimitedBy,
    RepoType,
    Token,
    WorkerState,
    WorkerView,
)
from hfdl_core.monitor.limits import what_limits
from hfdl_core.queue import Collector, JobSnapshot

SPEC = JobSpec(
    job_id=JobId("job"),
    repo_id="acme/things",
    repo_type=RepoType.DATASET,
    revision="main",
    commit="c" * 40,
    delivery=Delivery.KEEP,
    destination="things",
    machine="m",
    host="h",
)


def _job(pending: int = 0, retrying: int = 0, in_progress: int = 0, **more: object) -> JobSnapshot:
    plain: dict[str, object] = {"state": JobState.RUNNING, "sealed": True} | more
    return JobSnapshot(
        spec=SPEC,
        epoch="e",
        seq=1,
        files_total=10,
        bytes_total=1000,
        pending=pending,
        retrying=retrying,
        in_progress=in_progress,
        failed=0,
        files_failed=0,
        pages=1,
        created_ms=0,
        updated_ms=0,
        now_ms=0,
        **plain,  # type: ignore[arg-type]  # state and sealed
    )


def _worker(
    status: WorkerState, limited_by: LimitedBy = LimitedBy.NONE, connections: int = 2
) -> WorkerView:
    return WorkerView(
        worker_id="w",
        boot_id="b",
        host="h",
        status=status,
        limited_by=limited_by,
        last_heartbeat_seconds_ago=1.0,
        lanes=(Lane(name="direct", connections=connections),),
    )


AT_WORK = _worker(WorkerState.WORKING)
IDLE = _worker(WorkerState.IDLE)
LATE = _worker(WorkerState.LATE)
LOST = _worker(WorkerState.LOST)
LEFT = _worker(WorkerState.LEFT)
DRAINING = _worker(WorkerState.DRAINING)
THROTTLED = _worker(WorkerState.WORKING, LimitedBy.HUB_BUDGET)
NO_ACCESS = _worker(WorkerState.STEPPED_ASIDE, LimitedBy.ACCESS)
NO_ROOM = _worker(WorkerState.STEPPED_ASIDE, LimitedBy.DISK)


@pytest.mark.parametrize(
    ("job", "workers", "expected"),
    [
        (_job(5, state=JobState.PAUSED), [AT_WORK], LimitedBy.PAUSED),
        (_job(state=JobState.COMPLETED), [AT_WORK], LimitedBy.NONE),
        (_job(5, state=JobState.PLANNING), [], LimitedBy.NONE),
        (_job(5), [], LimitedBy.NO_WORKERS),
        (_job(5), [LOST, LEFT], LimitedBy.NO_WORKERS),
        (_job(5), [DRAINING], LimitedBy.NO_WORKERS),
        (_job(5), [NO_ACCESS], LimitedBy.ACCESS),
        (_job(5), [NO_ACCESS, LOST], LimitedBy.ACCESS),
        (_job(5), [NO_ROOM, NO_ROOM, NO_ACCESS], LimitedBy.DISK),
        (_job(5, in_progress=2), [AT_WORK], LimitedBy.CAPS),
        (_job(5, in_progress=2), [LATE], LimitedBy.CAPS),
        (_job(5, in_progress=2), [THROTTLED], LimitedBy.HUB_BUDGET),
        (_job(5, in_progress=2), [THROTTLED, AT_WORK], LimitedBy.CAPS),
        (_job(5, in_progress=3), [THROTTLED, THROTTLED, AT_WORK], LimitedBy.HUB_BUDGET),
        (_job(5, in_progress=1), [THROTTLED, IDLE], LimitedBy.HUB_BUDGET),
        (_job(0, in_progress=2), [AT_WORK], LimitedBy.CAPS),
        (_job(0, in_progress=1), [AT_WORK], LimitedBy.TAIL),
        (_job(0, in_progress=2), [AT_WORK, IDLE], LimitedBy.TAIL),
        (_job(0, retrying=3), [IDLE], LimitedBy.RETRY_WAIT),
        (_job(0, retrying=3, in_progress=1), [AT_WORK], LimitedBy.TAIL),
        (_job(5, in_progress=1), [DRAINING], LimitedBy.CAPS),
    ],
)
def test_what_limits_a_job(
    job: JobSnapshot, workers: list[WorkerView], expected: LimitedBy
) -> None:
    assert what_limits(job, workers) is expected


def _gathered(until_ms: int | None, *numbers: int) -> JobSnapshot:
    """A gather job whose collector has claimed it until then; the clock stands at 0."""
    job = _job(*numbers)
    spec = SPEC.model_copy(update={"delivery": Delivery.GATHER})
    if until_ms is None:
        return replace(job, spec=spec)
    address = CollectorAddress(urls=(), port=1, host="h", machine="m", pid=1)
    collector = Collector(Token("t"), 1, address, SecretStr("s"), until_ms)
    return replace(job, spec=spec, collector=collector)


@pytest.mark.parametrize(
    ("job", "workers", "expected"),
    [
        (_gathered(None, 5), [AT_WORK], LimitedBy.COLLECTOR),
        (_gathered(-1, 5, 0, 2), [AT_WORK], LimitedBy.COLLECTOR),
        (_gathered(-1), [], LimitedBy.COLLECTOR),
        (_gathered(1, 5), [], LimitedBy.NO_WORKERS),
        (_gathered(1, 5, 0, 2), [AT_WORK], LimitedBy.CAPS),
        (_gathered(1, 0, 0, 1), [AT_WORK], LimitedBy.TAIL),
        (_gathered(1), [IDLE], LimitedBy.VERIFYING),
        (_gathered(1), [], LimitedBy.VERIFYING),
        (replace(_gathered(1), sealed=False), [IDLE], LimitedBy.TAIL),
        (replace(_gathered(-1), state=JobState.COMPLETED), [IDLE], LimitedBy.NONE),
    ],
)
def test_what_limits_a_job_that_is_gathered(
    job: JobSnapshot, workers: list[WorkerView], expected: LimitedBy
) -> None:
    assert what_limits(job, workers) is expected
