"""How much one claim takes, how often leases are reported, and who counts as silent."""

import pytest

from hfdl_core.models import Delivery, JobId, JobState
from hfdl_core.queue import JobSnapshot
from hfdl_core.worker.carving import LEAST_BYTES, carve_bytes, silent_seconds
from hfdl_core.worker.lanes import LaneLine
from hfdl_core.worker.lease import CROWD_LEASES, LeaseBook
from tests.fleet_parts import MovableClock, idle_lane
from tests.queue.bench import make_spec

MIB = 1 << 20


def snapshot(bytes_total: int, in_progress: int = 0) -> JobSnapshot:
    return JobSnapshot(
        spec=make_spec(delivery=Delivery.GATHER),
        epoch="e",
        seq=1,
        state=JobState.RUNNING,
        sealed=True,
        files_total=1,
        bytes_total=bytes_total,
        pending=1,
        retrying=0,
        in_progress=in_progress,
        failed=0,
        files_failed=0,
        pages=1,
        created_ms=0,
        updated_ms=0,
        now_ms=0,
    )


def _lane(clock: MovableClock, bytes_per_second: float) -> LaneLine:
    """As if it had run for 10 s at this speed, with its two connections."""
    lane = idle_lane(clock)
    clock.forward(10)
    lane.speed.count(int(bytes_per_second * 10))
    return lane


def test_while_the_speed_is_unknown_a_claim_is_small() -> None:
    job = snapshot(bytes_total=1000 * MIB)

    assert carve_bytes(job, idle_lane(MovableClock())) == LEAST_BYTES


def test_a_claim_is_eight_seconds_of_one_connection() -> None:
    job = snapshot(bytes_total=1000 * MIB)

    assert carve_bytes(job, _lane(MovableClock(), 2 * MIB)) == pytest.approx(8 * MIB, rel=0.02)


def test_towards_the_end_claims_are_shares_of_what_is_left() -> None:
    job = snapshot(bytes_total=64 * MIB, in_progress=7)

    assert carve_bytes(job, _lane(MovableClock(), 20 * MIB)) == 2 * MIB


def test_no_claim_is_smaller_than_a_mebibyte() -> None:
    job = snapshot(bytes_total=3 * MIB, in_progress=15)

    assert carve_bytes(job, _lane(MovableClock(), 20 * MIB)) == LEAST_BYTES


def test_two_reports_missed_are_silence_however_often_they_are_due() -> None:
    assert silent_seconds(is_crowd=False) == 11
    assert silent_seconds(is_crowd=True) == 21


def test_a_job_is_a_crowd_while_thousands_hold_its_leases() -> None:
    book, job = LeaseBook("w1/boot", MovableClock()), JobId("job")

    book.note_job(job, is_tail=False, leases=CROWD_LEASES)
    crowded = book.is_crowd(job)
    book.note_job(job, is_tail=True, leases=CROWD_LEASES - 1)

    assert crowded
    assert not book.is_crowd(job)
    assert book.is_tail(job)
