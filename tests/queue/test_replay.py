"""Whatever is sent twice counts once: each move, repeated word for word, changes nothing more."""

from collections.abc import Callable
from dataclasses import dataclass

import pytest

from hfdl_core.models import ByteRange, Delivery, DownloadTask, JobId, TaskStatus, Token
from hfdl_core.queue import Failed, FailOutcome, Outcome, Progress
from tests.queue.bench import PAGE_SIZE, PLAN, Bench, make_files, make_spec, make_tasks

COLLECTOR = Token("collector")


@dataclass
class Scene:
    """A job with a task in every place."""

    bench: Bench
    job_id: JobId
    held: DownloadTask
    held_batch: DownloadTask
    failed: DownloadTask


Move = Callable[[Scene], object]


def _scene(bench: Bench, delivery: Delivery) -> Scene:
    job_id = bench.plant(
        [4000, 3000, 2000, 1000, 9, 8, 7, 6, 5], delivery=delivery, batches=[(4, 3), (7, 2)]
    )
    held, failed, waiting, done = (bench.claim(job_id) for _ in range(4))
    held_batch = bench.claim(job_id)
    bench.reach(held, 700)
    bench.fail(failed, 300, permanent=True)
    bench.fail(waiting, 100, delay_seconds=60)
    bench.complete(done)
    bench.reach(held_batch, 1)
    return Scene(bench, job_id, held, held_batch, failed)


def _fail(scene: Scene, task: DownloadTask, *, permanent: bool) -> object:
    return scene.bench.queue.fail(
        scene.job_id,
        task.task_id,
        task.token,
        task.begin,
        error="cut off",
        cause="ConnectionLost",
        permanent=permanent,
        delay_seconds=5,
    )


def _publish(scene: Scene) -> object:
    sizes = [4000, 3000, 2000, 1000, 9, 8, 7, 6, 5]
    epoch = scene.bench.queue.snapshot(scene.job_id).epoch
    scene.bench.queue.publish_page(
        scene.job_id, epoch, 0, make_files(sizes), make_tasks(sizes, [(4, 3), (7, 2)])
    )
    return scene.bench.queue.seal(scene.job_id, epoch, PLAN, 9, sum(sizes), 1)


def _condemn(scene: Scene, file_index: int) -> object:
    return scene.bench.queue.condemn(
        scene.job_id, file_index, 0, error="always wrong", cause="DigestMismatch"
    )


def _failed_ids(scene: Scene) -> list[str]:
    return list(scene.bench.queue.failed_ids(scene.job_id))


def _waiting_ids(scene: Scene) -> list[str]:
    waiting = scene.bench.queue.tasks(scene.job_id, TaskStatus.RETRYING)
    return [view.task_id for view in waiting]


MOVES: dict[str, Move] = {
    "begin": lambda s: s.bench.queue.begin_plan(s.bench.queue.spec(s.job_id), PLAN, PAGE_SIZE),
    "publish and seal": _publish,
    "claim": lambda s: s.bench.queue.claim(s.job_id, "w2", [Token("w2.1"), Token("w2.2")], 300),
    "report": lambda s: s.bench.queue.report(
        s.job_id,
        "w1",
        [
            Progress(s.held.task_id, s.held.token, 900, 5.0),
            Progress(s.held_batch.task_id, s.held_batch.token, 2, 5.0),
        ],
    ),
    "complete": lambda s: s.bench.complete(s.held),
    "complete in part": lambda s: s.bench.complete(s.held, 800),
    "complete a batch": lambda s: s.bench.complete(s.held_batch),
    "complete half a batch": lambda s: s.bench.complete(s.held_batch, 2),
    "fail": lambda s: _fail(s, s.held, permanent=False),
    "fail for good": lambda s: _fail(s, s.held, permanent=True),
    "fail a batch": lambda s: _fail(s, s.held_batch, permanent=False),
    "release": lambda s: s.bench.release(s.held, 800, "paused"),
    "release a batch": lambda s: s.bench.release(s.held_batch, 2),
    "reap": lambda s: s.bench.queue.reap(s.job_id),
    "steal": lambda s: s.bench.queue.steal(
        s.job_id, "w2", Token("w2.1"), minimum_bytes=1, silent_seconds=10
    ),
    "finish": lambda s: s.bench.queue.finish(s.job_id, 3, 0, COLLECTOR),
    "reopen a done file": lambda s: s.bench.queue.reopen(
        s.job_id, 3, 0, [ByteRange(0, 10)], "wrong"
    ),
    "reopen a held file": lambda s: s.bench.queue.reopen(s.job_id, 0, 0, [], "wrong"),
    "reopen a failed file": lambda s: s.bench.queue.reopen(s.job_id, 1, 0, [], "wrong"),
    "requeue": lambda s: s.bench.queue.requeue(s.job_id, _failed_ids(s)),
    "try now": lambda s: s.bench.queue.try_now(s.job_id, _waiting_ids(s)),
    "condemn a held file": lambda s: _condemn(s, 0),
    "condemn a failed file": lambda s: _condemn(s, 1),
    "pause": lambda s: s.bench.queue.pause(s.job_id),
    "cancel": lambda s: s.bench.queue.cancel(s.job_id),
    "resume": lambda s: s.bench.queue.resume(s.job_id),
    "be the collector": lambda s: s.bench.queue.claim_collector(s.job_id, COLLECTOR, 60),
}
ANSWERED_OTHERWISE_THE_SECOND_TIME = {"reap", "requeue", "try now"}  # none is there any more


@pytest.mark.parametrize("delivery", [Delivery.KEEP, Delivery.GATHER])
@pytest.mark.parametrize("name", MOVES)
def test_a_repeated_move_changes_nothing_more(bench: Bench, name: str, delivery: Delivery) -> None:
    scene = _scene(bench, delivery)
    if name == "reap":
        bench.run_out(scene.held, scene.held_batch)
    if name == "steal":
        _claim_all(bench, scene.job_id)

    first = MOVES[name](scene)
    once, told = bench.record(scene.job_id), bench.event_kinds(scene.job_id)
    second = MOVES[name](scene)
    third = MOVES[name](scene)

    assert bench.changed(once, scene.job_id) == {}
    assert bench.event_kinds(scene.job_id) == told
    assert second == third
    if name not in ANSWERED_OTHERWISE_THE_SECOND_TIME:
        assert second == _answer_of_a_repeat(first)


def _claim_all(bench: Bench, job_id: JobId) -> None:
    bench.queue.claim(job_id, "w3", [Token(f"w3.{n}") for n in range(20)])
    assert bench.queue.snapshot(job_id).pending == 0


def _answer_of_a_repeat(first: object) -> object:
    if first == Outcome.COUNTED:
        return Outcome.ALREADY
    if isinstance(first, Failed):
        return Failed(FailOutcome.ALREADY, first.attempt)
    return first


def test_a_repeat_after_the_task_was_given_to_another_disturbs_nobody(bench: Bench) -> None:
    for delivery in (Delivery.KEEP, Delivery.GATHER):
        name = f"job-{delivery}"
        job_id = bench.plant([4000], delivery=delivery, name=name)
        first = bench.claim(job_id, "w1")
        bench.release(first)
        second = bench.claim(job_id, "w2")
        before = bench.record(job_id)

        assert bench.release(first) == "already"
        assert bench.complete(first) == "lost"
        assert bench.fail(first) == "lost"
        assert bench.reach(first, 100) is None
        assert bench.changed(before, job_id) == {}
        assert bench.complete(second) == "counted"


def test_beginning_a_plan_twice_makes_one_record(bench: Bench) -> None:
    first = bench.queue.begin_plan(make_spec(), PLAN, PAGE_SIZE)
    before = bench.record(JobId("job-1"))

    assert bench.queue.begin_plan(make_spec(), PLAN, PAGE_SIZE) == first
    assert bench.changed(before, JobId("job-1")) == {}
    assert bench.event_kinds(JobId("job-1")) == ["job_created"]
