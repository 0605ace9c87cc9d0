"""Stealing: an idle worker takes over what would end last, or what somebody left lying."""

import pytest

from hfdl_core.models import Delivery, DownloadTask, JobId, JobState, Token
from hfdl_core.queue import Progress
from tests.queue.bench import Bench
from tests.queue.ids import part

KIB = 1024
SILENT = 10.0
THIEF = "thief.1"


def _steal(
    bench: Bench, job_id: JobId, token: str = THIEF, minimum_bytes: int = 1
) -> DownloadTask | None:
    return bench.queue.steal(
        job_id, "thief", Token(token), minimum_bytes=minimum_bytes, silent_seconds=SILENT
    )


def _took(stolen: DownloadTask | None) -> DownloadTask:
    assert stolen is not None
    return stolen


@pytest.fixture
def job_id(bench: Bench) -> JobId:
    return bench.plant([800 * KIB], delivery=Delivery.GATHER)


def _be_silent(bench: Bench, task: DownloadTask, seconds: float) -> None:
    """As if the last report were this long ago; others kept the queue's beat."""
    bench.set_deadline(task, 45 - seconds)


def test_the_second_half_of_what_is_left_is_stolen(bench: Bench, job_id: JobId) -> None:
    victim = bench.claim(job_id)
    bench.reach(victim, 400 * KIB, speed=1000)
    before = bench.record(job_id)

    stolen = _took(_steal(bench, job_id))

    assert (stolen.begin, stolen.end) == (600 * KIB, 800 * KIB)
    assert stolen.task_id == part(0, 600 * KIB, 800 * KIB)
    assert (stolen.file_index, stolen.generation, stolen.attempt) == (0, 0, 1)
    assert bench.changed(before, job_id) == {
        "live": {
            victim.task_id: ("w1", victim.token, 0, 400 * KIB, 600 * KIB),
            stolen.task_id: ("thief", "thief.1", 600 * KIB, 600 * KIB, 800 * KIB),
        },
        "lease": {victim.task_id: 45, stolen.task_id: 45},
        "tok": {victim.token: victim.task_id, "thief.1": stolen.task_id},
        "eta": [victim.task_id, stolen.task_id],
        "open": [victim.task_id, stolen.task_id],
        "cnt": before["cnt"] | {"steals": 1},
    }
    assert bench.event_kinds(job_id)[-1] == "stolen"


def test_the_victim_learns_its_new_end_and_both_complete_to_the_whole(
    bench: Bench, job_id: JobId
) -> None:
    victim = bench.claim(job_id)
    bench.reach(victim, 400 * KIB)
    stolen = _took(_steal(bench, job_id))

    assert bench.reach(victim, 700 * KIB) == 600 * KIB
    assert bench.complete(victim, 800 * KIB) == "counted"
    assert bench.complete(stolen) == "counted"

    assert bench.record(job_id)["frem"] == {"0": 0}
    assert bench.counter(job_id, "bytes_completed") == 800 * KIB
    assert bench.counter(job_id, "bytes_live") == 0


def test_a_victim_that_completes_before_it_hears_is_credited_to_its_new_end_only(
    bench: Bench, job_id: JobId
) -> None:
    victim = bench.claim(job_id)
    bench.reach(victim, 400 * KIB)
    stolen = _took(_steal(bench, job_id))

    bench.complete(victim, 800 * KIB)

    assert bench.record(job_id)["frem"] == {"0": 200 * KIB}
    bench.release(stolen, stolen.begin)
    assert bench.record(job_id)["pend"] == {part(0, 600 * KIB, 800 * KIB): -800 * KIB}


def test_the_same_theft_again_gets_the_same_lease(bench: Bench, job_id: JobId) -> None:
    victim = bench.claim(job_id)
    bench.reach(victim, 400 * KIB)
    first = _steal(bench, job_id)
    before = bench.record(job_id)

    assert _steal(bench, job_id) == first
    assert bench.changed(before, job_id) == {}


def test_a_late_repeat_of_a_theft_whose_lease_has_ended_takes_nothing(
    bench: Bench, job_id: JobId
) -> None:
    bench.claim(job_id)
    bench.complete(_took(_steal(bench, job_id)))
    before = bench.record(job_id)

    assert _steal(bench, job_id) is None
    assert bench.changed(before, job_id) == {}


def test_the_lease_that_will_end_last_is_the_victim(bench: Bench) -> None:
    job_id = bench.plant([800 * KIB, 800 * KIB, 800 * KIB], delivery=Delivery.GATHER)
    quick, slow, middling = (bench.claim(job_id) for _ in range(3))
    for task, speed in ((quick, 100 * KIB), (slow, 10 * KIB), (middling, 50 * KIB)):
        bench.reach(task, 100 * KIB, speed=speed)

    assert _took(_steal(bench, job_id)).file_index == slow.file_index


def test_a_stalled_lease_is_the_victim_before_a_slow_one(bench: Bench) -> None:
    job_id = bench.plant([800 * KIB, 800 * KIB], delivery=Delivery.GATHER)
    slow, stalled = bench.claim(job_id), bench.claim(job_id)
    bench.reach(slow, 0, speed=1)
    bench.reach(stalled, 700 * KIB, speed=0)

    assert _took(_steal(bench, job_id)).file_index == stalled.file_index


def test_bytes_fetched_since_the_last_report_are_not_given_away(
    bench: Bench, job_id: JobId
) -> None:
    victim = bench.claim(job_id)
    bench.reach(victim, 0, speed=100 * KIB)
    record = bench.server.command("HGET", "hfdl:{job-1}:live", victim.task_id)
    _shift_report(bench, victim, record, -4.0)

    stolen = _took(_steal(bench, job_id))

    # After 4 s at 100 KiB/s it is at 400 KiB: half of the rest begins at 600 KiB or just behind.
    assert 600 * KIB <= stolen.begin <= 620 * KIB


def _shift_report(bench: Bench, task: DownloadTask, packed: bytes, seconds: float) -> None:
    import msgpack

    record = msgpack.unpackb(packed)
    record["l"] += round(seconds * 1000)
    bench.server.command("HSET", "hfdl:{job-1}:live", task.task_id, msgpack.packb(record))


def test_nothing_is_stolen_while_something_is_pending(bench: Bench, job_id: JobId) -> None:
    bench.claim(job_id, carve_bytes=400 * KIB)

    assert _steal(bench, job_id) is None


def test_nothing_is_stolen_below_the_minimum_on_either_side(bench: Bench, job_id: JobId) -> None:
    victim = bench.claim(job_id)
    bench.reach(victim, 400 * KIB, speed=100 * KIB)

    assert _steal(bench, job_id, minimum_bytes=201 * KIB) is None
    assert _steal(bench, job_id, minimum_bytes=190 * KIB) is not None


def test_half_a_second_of_the_victims_own_speed_is_left_alone(bench: Bench, job_id: JobId) -> None:
    victim = bench.claim(job_id)
    bench.reach(victim, 600 * KIB, speed=250 * KIB)

    assert _steal(bench, job_id) is None


def test_what_crawls_and_is_too_little_to_share_changes_hands(bench: Bench, job_id: JobId) -> None:
    victim = bench.claim(job_id)
    bench.reach(victim, 700 * KIB, speed=10 * KIB)

    stolen = _took(_steal(bench, job_id, minimum_bytes=256 * KIB))

    assert 700 * KIB <= stolen.begin < 705 * KIB
    assert stolen.end == 800 * KIB
    assert bench.reach(victim, 701 * KIB) == stolen.begin


def test_what_is_fetched_and_not_yet_durable_is_not_given_away(bench: Bench, job_id: JobId) -> None:
    victim = bench.claim(job_id)
    told = Progress(victim.task_id, victim.token, 300 * KIB, 1000, fetched=500 * KIB)
    bench.queue.report(job_id, "w1", [told])

    stolen = _took(_steal(bench, job_id))

    assert 650 * KIB - 4096 <= stolen.begin <= 650 * KIB + 4096


def test_what_crawls_keeps_what_it_has_fetched(bench: Bench, job_id: JobId) -> None:
    victim = bench.claim(job_id)
    told = Progress(victim.task_id, victim.token, 300 * KIB, 0.0, fetched=500 * KIB)
    bench.queue.report(job_id, "w1", [told])

    stolen = _took(_steal(bench, job_id, minimum_bytes=10**9))

    assert stolen.begin == 500 * KIB


def test_what_stands_still_changes_hands_and_its_holder_loses_it(
    bench: Bench, job_id: JobId
) -> None:
    victim = bench.claim(job_id)
    bench.reach(victim, 0, speed=0)

    stolen = _took(_steal(bench, job_id, minimum_bytes=10**9))

    assert (stolen.begin, stolen.end) == (0, 800 * KIB)
    assert bench.reach(victim, 0) is None


def test_who_may_still_wait_for_its_first_byte_is_left_alone(bench: Bench, job_id: JobId) -> None:
    victim = bench.claim(job_id)
    bench.reach(victim, 0, speed=-1)

    assert _steal(bench, job_id, minimum_bytes=10**9) is None


def test_a_worker_takes_nothing_that_crawls_from_itself(bench: Bench, job_id: JobId) -> None:
    victim = bench.claim(job_id, "thief")
    bench.reach(victim, 700 * KIB, speed=10 * KIB)

    assert _steal(bench, job_id, "thief.9", minimum_bytes=256 * KIB) is None


def test_nothing_is_stolen_from_a_paused_job(bench: Bench, job_id: JobId) -> None:
    bench.claim(job_id)
    bench.queue.pause(job_id)

    assert _steal(bench, job_id) is None


def test_whole_files_are_never_split(bench: Bench) -> None:
    job_id = bench.plant([800 * KIB])
    task = bench.claim(job_id)
    _be_silent(bench, task, 11)

    assert _steal(bench, job_id) is None


def test_what_a_silent_worker_left_is_taken_from_its_durable_position(
    bench: Bench, job_id: JobId
) -> None:
    victim = bench.claim(job_id)
    bench.reach(victim, 300 * KIB)
    _be_silent(bench, victim, 11)

    stolen = _took(_steal(bench, job_id, minimum_bytes=10**9))

    assert (stolen.begin, stolen.end) == (300 * KIB, 800 * KIB)
    assert bench.record(job_id)["live"][victim.task_id][-1] == 300 * KIB
    assert bench.reach(victim, 500 * KIB) == 300 * KIB
    assert bench.complete(victim, 500 * KIB) == "counted"
    assert bench.record(job_id)["frem"] == {"0": 500 * KIB}
    assert bench.counter(job_id, "crashes") == 0


def test_nine_seconds_without_a_report_are_no_silence(bench: Bench, job_id: JobId) -> None:
    victim = bench.claim(job_id)
    bench.reach(victim, 300 * KIB, speed=200 * KIB)
    _be_silent(bench, victim, 9)

    assert _steal(bench, job_id, minimum_bytes=10**9) is None


def test_a_silent_worker_that_had_nothing_loses_its_lease(bench: Bench, job_id: JobId) -> None:
    victim = bench.claim(job_id)
    _be_silent(bench, victim, 11)

    stolen = _took(_steal(bench, job_id))

    assert stolen.task_id == victim.task_id
    assert bench.record(job_id)["live"] == {victim.task_id: ("thief", "thief.1", 0, 0, 800 * KIB)}
    assert bench.record(job_id)["tok"] == {"thief.1": victim.task_id}
    assert bench.reach(victim, 100) is None
    assert bench.complete(victim) == "lost"
    assert bench.counter(job_id, "crashes") == 1
    assert bench.complete(stolen) == "counted"


def test_what_silences_one_worker_after_the_other_is_not_stolen_for_ever(
    bench: Bench, job_id: JobId
) -> None:
    task = bench.claim(job_id)
    thefts = 0
    while True:
        _be_silent(bench, task, 11)
        stolen = _steal(bench, job_id, f"thief.{thefts}", minimum_bytes=10**9)
        if stolen is None:
            break
        task, thefts = stolen, thefts + 1

    assert thefts == 4
    bench.run_out(task)
    bench.queue.reap(job_id)
    assert bench.record(job_id)["note"][task.task_id]["cause"] == "crashes"


def test_after_an_outage_nobody_counts_as_silent(bench: Bench, job_id: JobId) -> None:
    victim = bench.claim(job_id)
    bench.reach(victim, 300 * KIB, speed=200 * KIB)
    _be_silent(bench, victim, 60)
    bench.set_beat(job_id, -60)

    assert _steal(bench, job_id, minimum_bytes=10**9) is None


def test_thieves_can_be_robbed_and_every_byte_is_counted_once(bench: Bench, job_id: JobId) -> None:
    tasks = [bench.claim(job_id)]
    for number in range(20):
        tasks.append(_took(_steal(bench, job_id, f"thief.{number}", minimum_bytes=4 * KIB)))
        bench.reach(tasks[-1], tasks[-1].begin, speed=number % 3)

    spans = sorted(lease[2:] for lease in bench.record(job_id)["live"].values())
    assert spans[0][0] == 0
    assert [begin for begin, _, _ in spans[1:]] == [end for _, _, end in spans[:-1]]
    assert spans[-1][2] == 800 * KIB
    for task in tasks:
        assert bench.complete(task) == "counted"
    assert bench.record(job_id)["frem"] == {"0": 0}
    assert bench.queue.finish(job_id, 0, 0, Token("collector")) == "counted"
    assert bench.state(job_id) is JobState.COMPLETED
