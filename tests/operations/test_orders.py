"""Orders that need no process of their own, carried out in a real queue."""

from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from hfdl_core.bootstrap import OpenQueue, open_queue
from hfdl_core.errors import JobNotRunning, RepoNotFound, UnknownWorker, UsageError
from hfdl_core.machine import JobsMade
from hfdl_core.master import JobRequest
from hfdl_core.models import Delivery, JobState
from hfdl_core.settings import Settings
from hfdl_tui.demo.hub import PretendHub
from hfdl_tui.operations.launching import dry_run
from hfdl_tui.operations.operator import Operator
from hfdl_tui.operations.orders import (
    Cancel,
    Drain,
    Launch,
    Limit,
    Order,
    Outcome,
    Pause,
    Requeue,
    Resume,
)
from hfdl_tui.operations.session import SessionMark
from tests.end_to_end.fleet import wait_until
from tests.end_to_end.gathered import HERE, big
from tests.redis_servers import RedisServer


class Orders:
    """An operator's, with what was told while they were carried out."""

    def __init__(self, settings: Settings, queue: OpenQueue) -> None:
        self._operator = Operator(settings, queue)
        self.told: list[str] = []

    def __call__(self, order: Order) -> Outcome:
        return self._operator.carry_out(order, self.told.append)


@pytest.fixture
def settings(
    tmp_path: Path, hub: PretendHub, redis: RedisServer, monkeypatch: pytest.MonkeyPatch
) -> Settings:
    for name in ("XDG_STATE_HOME", "XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME"):
        monkeypatch.setenv(name, str(tmp_path / name.lower()))
    monkeypatch.chdir(tmp_path)
    return Settings.load(
        {}, {"HOME": str(tmp_path), "HFDL_REDIS_URL": redis.url, "HF_ENDPOINT": hub.endpoint}
    )


@pytest.fixture
def queue(settings: Settings) -> Iterator[OpenQueue]:
    with open_queue(settings, may_start=False) as opened:
        yield opened


def _is_free(mark: SessionMark) -> bool:
    return not mark.is_held


@pytest.fixture
def carry_out(settings: Settings, queue: OpenQueue) -> Iterator[Orders]:
    yield Orders(settings, queue)
    for snapshot in queue.client.snapshots():  # whoever works on one ends with it
        if not snapshot.state.is_finished:
            queue.client.cancel(snapshot.job_id)
        mark = SessionMark.of(snapshot.job_id)
        wait_until(partial(_is_free, mark), 30)


def _request(repo: str, **more: object) -> JobRequest:
    return JobRequest.model_validate({"repo": repo, "delivery": Delivery.SHARED, **more})


def test_a_job_is_launched_paused_resumed_and_cancelled(
    carry_out: Orders, queue: OpenQueue, hub: PretendHub, tmp_path: Path
) -> None:
    hub.add_repo("acme/slow", {"a": big(1), "b": b"22"})
    hub.bandwidth.limit_client(HERE, 1000)

    launched = carry_out(Launch(_request("acme/slow", include=("a",), destination="out")))

    job = launched.job_id
    assert job is not None
    assert launched.text == f"job {job} is new: 1 file, 1.0 MB"
    assert "planned: 1 of 1 files, 1.0 MB" in carry_out.told
    # Nobody else reaches a Redis on loopback.
    assert carry_out.told[-1].startswith("works in the background; log: ")
    [made] = JobsMade.of_this_machine().jobs()
    wanted = f"hfdl get acme/slow --include a --deliver shared -o {tmp_path / 'out'}"
    assert (made.job_id, made.command) == (job, wanted)
    moved = [carry_out(order).text for order in (Pause(job), Resume(job))]
    assert moved == [f"job {job} is paused", f"job {job} is running"]
    with pytest.raises(UsageError, match="lists them"):
        carry_out(Requeue(job, ("nonsense",)))
    with pytest.raises(UsageError, match="no failed task of job"):
        carry_out(Requeue(job, cause="DiskFull"))
    assert carry_out(Requeue(job)).text == f"job {job}: 0 failed tasks requeued"
    assert carry_out(Cancel(job)).text == f"job {job} is cancelled"
    assert queue.client.snapshot(job).state is JobState.CANCELLED
    with pytest.raises(JobNotRunning):
        carry_out(Pause(job))


def test_limits_and_workers(carry_out: Orders, queue: OpenQueue) -> None:
    assert carry_out(Limit(None, "2MB")).text == "the fleet is limited to 2MB"
    assert queue.client.limits() == {None: "2MB"}
    assert carry_out(Limit(None, "off")).text == "the fleet has no limit now"
    with pytest.raises(UsageError, match="limit fast"):
        carry_out(Limit(None, "fast"))
    for order in (Drain("nobody"), Limit("nobody", "1k")):
        with pytest.raises(UnknownWorker):
            carry_out(order)


def test_a_dry_run_and_a_repo_that_is_none_leave_the_queue_empty(
    carry_out: Orders, settings: Settings, queue: OpenQueue, hub: PretendHub, tmp_path: Path
) -> None:
    hub.add_repo("acme/tiny", {"a": b"1"})
    told: list[str] = []

    plan = dry_run(settings, queue, _request("acme/tiny", destination="out"), told.append)

    assert (plan.files_total, plan.bytes_total) == (1, 1)
    assert plan.spec.destination == str(tmp_path / "out")
    assert told == ["listing: 1 of 1 files, 1 B"]
    with pytest.raises(RepoNotFound):
        carry_out(Launch(_request("acme/nothing")))
    assert queue.client.snapshots() == []
    assert not (tmp_path / "out").exists()
