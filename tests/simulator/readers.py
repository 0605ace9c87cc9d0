"""What people are shown must be what is so: snapshots, task lists, failures by cause."""

import json
from collections import Counter

from hfdl_core.models import DownloaderName, TaskStatus
from hfdl_core.queue import Wanted
from hfdl_core.task_id import parse_task_id
from tests.simulator.file_map import HOME, FileMap
from tests.simulator.intervals import IntervalSet
from tests.simulator.queue_state import QueueState
from tests.simulator.violation import expect
from tests.simulator.world import World

_PAGE = 37


def check_readers(world: World) -> None:
    """At rest, between two calls; reading must change nothing."""
    before = world.state
    _check_snapshot(world, before)
    _check_tasks(world, before)
    _check_failures(world, before)
    _check_files(world, before)
    _check_files_in_hand(world, before)
    world.disturb("everything was read")
    after = world.state
    expect(after.seq == before.seq and after.meta == before.meta, "reading changed the job")
    expect(after.pend == before.pend and after.live == before.live, "reading moved tasks")


def _check_snapshot(world: World, state: QueueState) -> None:
    client = world.reader
    snapshot = client.snapshot(world.job_id)
    shown = {
        "state": snapshot.state,
        "seq": snapshot.seq,
        "epoch": snapshot.epoch,
        "pending": snapshot.pending,
        "retrying": snapshot.retrying,
        "in_progress": snapshot.in_progress,
        "failed": snapshot.failed,
        "files_failed": snapshot.files_failed,
        "files_completed": snapshot.files_completed,
        "files_total": snapshot.files_total,
        "bytes_total": snapshot.bytes_total,
    }
    facts = {
        "state": state.status,
        "seq": state.seq,
        "epoch": state.epoch,
        "pending": len(state.pend),
        "retrying": len(state.delay),
        "in_progress": len(state.live),
        "failed": len(state.failed),
        "files_failed": len(state.ffail),
        "files_completed": len(state.done),
        "files_total": world.plan.files_total,
        "bytes_total": world.plan.bytes_total,
    }
    expect(shown == facts, "a snapshot shows {}, in fact {}", shown, facts)
    [listed] = [one for one in client.snapshots() if one.job_id == world.job_id]
    expect(listed.pending == len(state.pend), "the list of jobs shows {}", listed)
    expect(listed.in_progress == len(state.live), "the list of jobs shows {}", listed)


def _check_tasks(world: World, state: QueueState) -> None:
    facts = {
        TaskStatus.PENDING: set(state.pend),
        TaskStatus.RETRYING: set(state.delay),
        TaskStatus.IN_PROGRESS: set(state.live),
        TaskStatus.FAILED: set(state.failed),
    }
    for status, expected in facts.items():
        shown = _all_tasks(world, status)
        expect(len(shown) == len(set(shown)), "{} tasks are shown twice", status)
        expect(set(shown) == expected, "{}: shown {}, in fact {}", status, shown, expected)
    for worker in world.workers:
        held = {(one.task_id, one.token, one.position) for one in
                world.reader.held_by(world.job_id, worker.name)}  # fmt: skip
        mine = [lease for lease in state.live.values() if lease.worker == worker.name]
        fact = {(lease.task_id, lease.token, lease.position) for lease in mine}
        expect(held == fact, "{} is said to hold {}, in fact {}", worker.name, held, fact)
    completed = _all_tasks(world, TaskStatus.COMPLETED)
    indexes = sorted(getattr(parse_task_id(task), "file_index", -1) for task in completed)
    expect(indexes == sorted(state.done), "completed: {}, in fact {}", indexes, state.done)


def _all_tasks(world: World, status: TaskStatus) -> list[str]:
    shown: list[str] = []
    client = world.reader
    while page := client.tasks(world.job_id, status, offset=len(shown), limit=_PAGE):
        expect(len(page) <= _PAGE, "a page of {} tasks", len(page))
        for view in page:
            work = parse_task_id(view.task_id)
            if hasattr(work, "file_index"):
                path = world.plan.files[work.file_index].path
                expect(view.path == path, "{} is shown as {}", view.task_id, view.path)
            expect(view.state is status, "{} is shown among {}", view, status)
        shown += [view.task_id for view in page]
    return shown


def _check_failures(world: World, state: QueueState) -> None:
    client = world.reader
    causes = Counter(json.loads(state.note[task])["cause"] for task in state.failed)
    shown = client.failures_by_cause(world.job_id)
    expect(shown == causes, "failures by cause: {}, in fact {}", shown, causes)
    ids = list(client.failed_ids(world.job_id))
    expect(sorted(ids) == sorted(state.failed), "failed: {}", ids)
    for cause, count in causes.items():
        some = list(client.failed_ids(world.job_id, cause))
        expect(len(some) == count, "{}: {} of {} ids", cause, len(some), count)


def _check_files(world: World, state: QueueState) -> None:
    client = world.reader
    for file_index in world.chance.sample(range(world.plan.files_total), 5):
        generation = client.generation(world.job_id, file_index)
        expect(generation == state.gen.get(file_index, 0), "generation {}", generation)
        is_done = client.is_done(world.job_id, file_index)
        expect(is_done == (file_index in state.done), "file {} is done: {}", file_index, is_done)
        name = client.downloader_of(world.job_id, file_index)
        told = DownloaderName(state.via.get(file_index, "http"))
        if file_index in state.done:
            expect(name is None or name is told, "file {} came by {}", file_index, name)


def _check_files_in_hand(world: World, state: QueueState) -> None:
    """What is shown as open is what tasks still have to bring, less what leases have reported."""
    everything = Wanted(lambda _: [], job_id=world.job_id, most_files=world.plan.files_total)
    # The first look of a reader that knew an earlier record of the job only tells it so.
    files = world.reader.look(everything).files or world.reader.look(everything).files
    shown = {file.file_index: file for file in files}
    held = {int(task[2:8], 16) for task in state.live if not task.startswith("b:")}
    facts = FileMap.of(state, world.plan)
    if held or state.frem:
        expect(set(shown) == held | set(state.frem), "in hand: {}", sorted(shown))
    for index, file in shown.items():
        if not (held or state.frem) or file.size == 0:
            continue  # batches
        expected = IntervalSet(
            (begin, end) for begin, end, place in facts.stretches(index) if place != HOME
        )
        for lease in state.live.values():
            if not lease.task_id.startswith("b:") and int(lease.task_id[2:8], 16) == index:
                expected.remove(lease.begin, lease.position)
        expect(IntervalSet(file.open) == expected, "{} is open, not {}", file, expected)
        workers = {lease.worker for lease in state.live.values()}
        expect({one.worker_id for one in file.leases} <= workers, "held by {}", file.leases)
