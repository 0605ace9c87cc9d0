"""A worker brings its bytes and dies before it says so: the job does not wait for its lease."""

import subprocess
import sys
import time
from pathlib import Path

from hfdl_core.collector.predecessor import step_back_for_the_dead
from hfdl_core.models import CollectorAddress, JobState, Token
from hfdl_core.queue import Outcome, RedisClient
from hfdl_tui.demo.hub import PretendHub
from tests.fleet_parts import Submitter, wait_until
from tests.gather.conftest import StartCollector
from tests.gather.parts import MIB, content, gather_job, over_the_network, wait_for_end
from tests.gather.parts import block as block_of
from tests.worker.conftest import StartWorker

CONTENT = content(3 * MIB)
_WORKER = "dead/boot"


def test_a_file_whose_digest_matches_is_not_held_up_by_a_silent_lease(
    hub: PretendHub,
    master: Submitter,
    queue: RedisClient,
    collect: StartCollector,
    start: StartWorker,
    tmp_path: Path,
) -> None:
    job_id = gather_job(hub, master, tmp_path / "out", {"big.bin": CONTENT})
    collect(job_id)
    claimed = queue.claim(job_id, _WORKER, [Token("dead/boot.1")], MIB)
    [task] = claimed.tasks
    handover = over_the_network(queue, job_id)
    handover.give(block_of(job_id, task.begin, CONTENT[task.begin : task.end]))
    begun = time.monotonic()

    start("w1")

    wait_for_end(queue, job_id, seconds=20)
    assert time.monotonic() - begun < 20, "a lease lasts 45 s"
    assert (tmp_path / "out" / "big.bin").read_bytes() == CONTENT
    ending = queue.complete(job_id, task.task_id, task.token, task.end)
    assert ending is Outcome.ALREADY, "if it lives after all, its own word changes nothing"
    assert queue.snapshot(job_id).bytes_completed == len(CONTENT)


def test_only_ranges_of_the_asked_generation_are_in_hand(
    hub: PretendHub, master: Submitter, queue: RedisClient, tmp_path: Path
) -> None:
    job_id = gather_job(hub, master, tmp_path / "out", {"big.bin": CONTENT, "tiny": b"x"})
    tokens = [Token(f"w/boot.{number}") for number in range(2)]
    claimed = [queue.claim(job_id, "w/boot", [token], MIB).tasks[0] for token in tokens]

    held = queue.ranges_in_hand(job_id, 0, 0)

    assert {lease.token for lease in held} == set(tokens)
    assert {lease.position for lease in held} == {task.end for task in claimed}
    assert queue.ranges_in_hand(job_id, 0, 1) == []
    assert queue.ranges_in_hand(job_id, 1, 0) == []


def test_the_claim_of_a_collector_killed_here_is_not_waited_out(
    hub: PretendHub,
    master: Submitter,
    queue: RedisClient,
    collect: StartCollector,
    tmp_path: Path,
) -> None:
    job_id = gather_job(hub, master, tmp_path / "out", {"big.bin": CONTENT})
    first = collect(job_id)
    wait_until(lambda: queue.snapshot(job_id).collector is not None)
    last = queue.snapshot(job_id).collector
    assert last is not None
    first.node.stop()
    wait_until(lambda: first.has_ended)
    dead = last.address.model_copy(update={"pid": _pid_of_nobody()})
    assert queue.claim_collector(job_id, Token("killed"), 600.0, dead) is not None

    begun = time.monotonic()
    collect(job_id)

    assert time.monotonic() - begun < 10


def test_the_claim_of_another_machine_is_respected(
    hub: PretendHub, master: Submitter, queue: RedisClient, tmp_path: Path
) -> None:
    job_id = gather_job(hub, master, tmp_path / "out", {"big.bin": CONTENT})
    elsewhere = CollectorAddress(
        urls=(), port=1, host="h", machine="another machine", pid=_pid_of_nobody()
    )
    queue.claim_collector(job_id, Token("far"), 600.0, elsewhere)

    freed = step_back_for_the_dead(queue, job_id)

    assert not freed
    assert queue.snapshot(job_id).has_live_collector
    assert queue.snapshot(job_id).state is JobState.RUNNING


def test_idle_workers_do_not_step_aside_from_a_job_that_is_about_to_be_collected(
    hub: PretendHub,
    master: Submitter,
    queue: RedisClient,
    collect: StartCollector,
    start: StartWorker,
    tmp_path: Path,
) -> None:
    start("w1")
    job_id = gather_job(hub, master, tmp_path / "out", {"big.bin": CONTENT})
    time.sleep(1.5)  # an idle worker looks once a second

    collect(job_id)

    wait_for_end(queue, job_id, seconds=20)
    kinds = [event.kind for event in queue.events(job_id)]
    assert "stepped_aside" not in kinds


def _pid_of_nobody() -> int:
    with subprocess.Popen([sys.executable, "-c", ""]) as child:
        child.wait()
    return child.pid
