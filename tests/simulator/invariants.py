"""What must hold of the whole record of a job whenever no script runs."""

from hfdl_core.models import Delivery, JobState
from hfdl_core.task_id import BatchWork, parse_task_id
from tests.simulator.file_map import HOME, PLACES, FileMap, files_of_batch, named_spans
from tests.simulator.job_plan import PAGE_SIZE, JobPlan
from tests.simulator.ledger import Ledger
from tests.simulator.queue_state import LiveLease, QueueState
from tests.simulator.violation import expect


def check_invariants(state: QueueState, files: FileMap, plan: JobPlan, ledger: Ledger) -> None:
    """`files` was made of `state`, which has already proved that no two tasks overlap."""
    _check_one_place(state)
    _check_side_records(state)
    _check_leases(state, plan, ledger)
    _check_priorities(state, plan)
    _check_files(state, files, plan)
    _check_counters(state, plan)
    _check_ending(state)
    for file_index in range(plan.files_total):
        check_ground_truth(state, files, plan, ledger, file_index)


def check_ground_truth(
    state: QueueState, files: FileMap, plan: JobPlan, ledger: Ledger, file_index: int
) -> None:
    """Every byte that the queue believes to be home was written by a then-lawful holder."""
    if plan.size(file_index) == 0 and plan.spec.delivery is Delivery.GATHER:
        return  # no byte to be written: the collector makes the file when it verifies it
    generation = state.gen.get(file_index, 0)
    missing = ledger.missing((file_index, generation), files.at(file_index, HOME))
    expect(not missing.length, "file {}: nobody wrote {}", file_index, missing)


def _check_one_place(state: QueueState) -> None:
    seen: dict[str, str] = {}
    for place in PLACES:
        for task_id in getattr(state, place):
            expect(task_id not in seen, "{} is in {} and {}", task_id, seen.get(task_id), place)
            seen[task_id] = place
    expect(state.live.keys() == state.lease.keys(), "leases without record, or the other way")
    expect(state.tok.keys() == {lease.token for lease in state.live.values()}, "stray tokens")
    for token, task_id in state.tok.items():
        expect(state.live[task_id].token == token, "{} leads to {}", token, task_id)


def _check_side_records(state: QueueState) -> None:
    """Nothing is kept for what is gone."""
    waiting = state.delay.keys() | state.failed.keys()
    expect(state.note.keys() == waiting, "notes of {}", state.note.keys() ^ waiting)
    ranges = {task for task in state.live if task.startswith("r:")}
    expect(state.eta.keys() == ranges, "expected ends of {}", state.eta.keys() ^ ranges)
    opened = ranges | {task for task in waiting if task.startswith("r:")}
    expect(state.open.keys() == opened, "open ranges: {}", state.open.keys() ^ opened)
    expect(state.over.keys() == state.overq.keys(), "ended leases are kept unevenly")
    expect(not state.over.keys() & state.tok.keys(), "a token holds a lease and has ended")
    expect(not state.frem.keys() & state.done, "missing bytes of completed files are kept")
    # TMP expect(state.via.keys() <= state.done | state.frem.keys(), "via of {}", state.via)


def _check_leases(state: QueueState, plan: JobPlan, ledger: Ledger) -> None:
    for lease in state.live.values():
        is_within = lease.begin <= lease.position <= lease.end
        expect(is_within, "{} is out of its bounds", lease)
        durable = ledger.durable_under(lease.token)
        has_come = lease.position <= max(durable, lease.begin)
        expect(has_come, "{} has come only to {}", lease, durable)


def _check_priorities(state: QueueState, plan: JobPlan) -> None:
    """The largest file comes first, also when only a part of it is left."""
    scored = [*state.pend.items(), *((lease.task_id, lease.score) for lease in state.live.values())]
    for task_id, score in scored:
        first = _first_file(task_id)
        sizes = {-plan.size(first)}
        if task_id.startswith("b:"):
            page = range(first // PAGE_SIZE * PAGE_SIZE, first + 1)
            sizes = {-plan.size(index) for index in page}
        expect(score in sizes, "{} has priority {}, not {}", task_id, score, sizes)


def _first_file(task_id: str) -> int:
    work = parse_task_id(task_id)
    return files_of_batch(work).start if isinstance(work, BatchWork) else work.file_index


def _check_files(state: QueueState, files: FileMap, plan: JobPlan) -> None:
    for file_index, file in enumerate(plan.files):
        is_home = all(place == HOME for _, _, place in files.stretches(file_index))
        if plan.spec.delivery is not Delivery.GATHER:
            is_done = file_index in state.done
            expect(is_done == is_home, "file {} is done {}, home {}", file_index, is_done, is_home)
            continue
        if file_index in state.done:
            expect(is_home, "file {} is done but not all there", file_index)
            continue
        open_bytes = file.size - files.at(file_index, HOME).length if file.size else 0
        known = state.frem.get(file_index)
        if known is None:
            untouched = not is_home and open_bytes == file.size
            expect(untouched, "file {}: nothing counted but {} open", file_index, open_bytes)
        else:
            expect(
                known == open_bytes, "file {}: {} missing, {} open", file_index, known, open_bytes
            )
            expect(
                (known == 0) == is_home, "file {} has open tasks and no byte missing", file_index
            )


def _check_counters(state: QueueState, plan: JobPlan) -> None:
    completed = sum(plan.size(file_index) for file_index in state.done)
    if plan.spec.delivery is Delivery.GATHER:
        completed += sum(plan.size(index) - missing for index, missing in state.frem.items())
    live = sum(_bytes_in_hand(lease, plan) for lease in state.live.values())
    facts = {
        "files_completed": len(state.done),
        "bytes_completed": completed,
        "bytes_live": live,
    }
    for counter, fact in facts.items():
        told = state.cnt.get(counter, 0)
        expect(told == fact, "{} is {}, in fact {}", counter, told, fact)
    failed: dict[int, int] = {}
    for task_id in state.failed:
        for file_index, _, _ in named_spans(task_id, plan):
            failed[file_index] = failed.get(file_index, 0) + 1
    expect(state.ffail == failed, "failed tasks by file: {}, in fact {}", state.ffail, failed)


def _bytes_in_hand(lease: LiveLease, plan: JobPlan) -> int:
    work = parse_task_id(lease.task_id)
    if isinstance(work, BatchWork):
        return sum(plan.size(index) for index in files_of_batch(work)[: lease.position])
    return lease.position - lease.begin


def _check_ending(state: QueueState) -> None:
    """A job has ended exactly when nothing is left to do."""
    total = int(state.meta.get("files_total", -1))
    nothing_open = not (state.pend or state.delay or state.live)
    is_over = nothing_open and len(state.done) + len(state.ffail) == total
    match state.status:
        case JobState.COMPLETED:
            expect(is_over and not state.ffail, "completed with work left")
        case JobState.FAILED:
            expect(is_over and state.ffail, "failed with work left, or without failures")
        case JobState.RUNNING:
            expect(not is_over, "nothing is left but the job is running")
        case _:
            pass
