"""What a launch leaves running: a collector and one worker, until their job ends."""

import os
import re
import signal
from pathlib import Path

import pytest

from hfdl_tui.demo.hub import Fault, PretendHub, Role, Status
from tests.end_to_end.fleet import Fleet, tree_bytes, wait_until
from tests.end_to_end.gathered import HERE, MIB, Files, big, read_all, wait_for_bytes
from tests.operations.parts import left_running, logs, order

pytestmark = pytest.mark.end_to_end

GONE = Status(404, {"X-Error-Code": "EntryNotFound"})


def _both(fleet: Fleet) -> tuple[list[int], list[int]]:
    return left_running(fleet, "collect"), left_running(fleet, "worker")


def _wait_until_nothing_runs(fleet: Fleet) -> None:
    wait_until(lambda: _both(fleet) == ([], []), 30, lambda: logs(fleet))


def test_what_is_launched_goes_on_without_its_launcher(alone: Fleet, hub: PretendHub) -> None:
    files: Files = {"big.bin": big(8), "a.txt": b"a"}
    hub.add_repo("acme/big", files)
    hub.bandwidth.limit_client(HERE, MIB // 2)

    launched = order(alone, "launch", "acme/big", "out", "gather")
    began = _both(alone)
    again = order(alone, "launch", "acme/big", "out", "gather")

    assert launched.text == f"job {launched.job} is new: 2 files, 8.4 MB"
    assert launched.told[-2].startswith("collects in the background; log: ")
    assert launched.told[-1].startswith("works in the background; log: ")
    for line in launched.told[-2:]:
        log = Path(line.rpartition("log: ")[2])
        assert log.stat().st_mode & 0o077 == 0
    ([collector], [worker]) = began
    assert (os.getsid(collector), os.getsid(worker)) == (collector, worker)
    assert again.text == f"job {launched.job} is running already: 2 files, 8.4 MB"
    assert _both(alone) == began
    hub.bandwidth.limit_client(HERE, None)
    alone.wait_for_status(launched.job, "completed")
    here = tree_bytes(alone.machine("master") / "out")
    assert here == {path: read_all(content) for path, content in files.items()}
    _wait_until_nothing_runs(alone)
    remembered = next((alone.base / "master").rglob("jobs-*.jsonl")).read_text()
    assert f"hfdl get acme/big --max-attempts 1 -o {alone.machine('master') / 'out'}" in remembered


def test_cancel_ends_both_and_resume_brings_them_back(alone: Fleet, hub: PretendHub) -> None:
    hub.add_repo("acme/big", {"big.bin": big(6)})
    hub.bandwidth.limit_client(HERE, MIB)
    job = order(alone, "launch", "acme/big", "out", "gather").job
    wait_for_bytes(alone, MIB)

    cancelled = order(alone, "cancel", job)

    assert cancelled.text == f"job {job} is cancelled"
    _wait_until_nothing_runs(alone)
    hub.bandwidth.limit_client(HERE, None)
    resumed = order(alone, "resume", job)
    assert [line.partition(" in the")[0] for line in resumed.told] == ["collects", "works"]
    alone.wait_for_status(job, "completed")
    assert tree_bytes(alone.machine("master") / "out") == {"big.bin": read_all(big(6))}


def test_a_failed_job_ends_both_and_requeue_brings_them_back(alone: Fleet, hub: PretendHub) -> None:
    hub.add_repo("acme/holes", {"there.txt": b"x", "gone.bin": b"y" * 300_000})
    rule = hub.faults.add(Fault(GONE, role=Role.RESOLVE, path="gone.bin"))
    job = order(alone, "launch", "acme/holes", "out", "gather").job
    alone.wait_for_status(job, "failed")
    _wait_until_nothing_runs(alone)
    hub.faults.remove(rule)

    requeued = order(alone, "requeue", job)

    assert re.fullmatch(rf"job {job}: [12] failed tasks? requeued", requeued.text)
    alone.wait_for_status(job, "completed")
    _wait_until_nothing_runs(alone)


def test_a_killed_collector_is_replaced_at_once(alone: Fleet, hub: PretendHub) -> None:
    hub.add_repo("acme/big", {"big.bin": big(6)})
    hub.bandwidth.limit_client(HERE, MIB)
    job = order(alone, "launch", "acme/big", "out", "gather").job
    [killed] = left_running(alone, "collect")
    os.kill(killed, signal.SIGKILL)
    wait_until(lambda: not left_running(alone, "collect"), 5)

    again = order(alone, "launch", "acme/big", "out", "gather")

    assert again.job == job
    assert again.told[-1].startswith("collects in the background"), again.told
    [collector] = left_running(alone, "collect")
    assert collector != killed
    log = Path(again.told[-1].rpartition("log: ")[2]).read_text()
    assert f"process {killed} was killed; its collecting goes on here" in log


def test_what_workers_keep_is_fetched_here_only_where_nobody_else_can(
    alone: Fleet, hub: PretendHub
) -> None:
    hub.add_repo("acme/tiny", {"a": b"1"})

    kept = order(alone, "launch", "acme/tiny", "kept", "keep")

    assert left_running(alone, "collect") == []
    alone.wait_for_status(kept.job, "completed")
    assert tree_bytes(alone.machine("master") / "kept") == {"a": b"1"}
    _wait_until_nothing_runs(alone)
