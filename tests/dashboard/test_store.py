"""What the looks add up to: ages by the server's clock, speeds, caps, files that were verified."""

from dataclasses import replace

from hfdl_core.models import JobState, WorkerState
from hfdl_tui.dashboard.view.store import Store
from tests.dashboard.fakes import JOB, MB, NOW, a_file, a_job, a_view, a_worker, an_event


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def a_store() -> tuple[Store, Clock]:
    clock = Clock()
    store = Store(clock)
    store.choose(JOB)
    return store, clock


def look_for(store: Store, clock: Clock, seconds: int, bytes_per_second: float) -> None:
    for _ in range(seconds):
        clock.now += 1
        worker = a_worker(throughput_bytes_per_second=bytes_per_second, limit_bytes_per_second=None)
        store.apply(a_view([a_job()], [worker]))


def test_ages_go_on_by_this_machines_monotonic_clock_from_the_servers_time() -> None:
    store, clock = a_store()
    store.apply(a_view([a_job()], [a_worker(last_heartbeat_seconds_ago=0.5)]))

    clock.now += 3

    assert store.data_age() == 3
    assert store.server_now() == NOW + 3
    assert store.beat_age(store.workers[0]) == 3.5


def test_no_age_is_negative_when_the_clock_steps_back() -> None:
    store, clock = a_store()
    store.apply(a_view([a_job()], [a_worker(last_heartbeat_seconds_ago=0.0)]))

    clock.now -= 3600

    assert store.data_age() == 0
    assert store.beat_age(store.workers[0]) == 0


def test_a_cap_is_the_limit_or_the_best_that_a_link_kept_up() -> None:
    store, clock = a_store()
    look_for(store, clock, 30, 2.0 * MB)
    look_for(store, clock, 30, 0.5 * MB)
    [unlimited] = store.workers
    limited = unlimited.model_copy(update={"limit_bytes_per_second": 250_000.0})

    assert store.cap_of(unlimited) == 2 * MB
    assert store.cap_of(limited) == 250_000
    assert store.caps() == 2 * MB


def test_slow_is_far_below_ones_own_usual_speed_and_not_below_others() -> None:
    store, clock = a_store()
    look_for(store, clock, 60, 1.0 * MB)
    [steady] = store.workers
    assert not store.is_slow(steady)

    look_for(store, clock, 20, 0.1 * MB)

    [slowed] = store.workers
    assert store.is_slow(slowed)
    idle = slowed.model_copy(update={"status": WorkerState.IDLE})
    assert not store.is_slow(idle)


def test_two_starts_of_a_worker_do_not_share_a_history() -> None:
    store, clock = a_store()
    look_for(store, clock, 30, 2.0 * MB)
    again = store.workers[0].model_copy(update={"boot_id": "another"})

    assert store.history(again).recent == []


def test_looks_more_frequent_than_a_second_do_not_make_the_chart_run_faster() -> None:
    store, clock = a_store()
    for _ in range(20):
        clock.now += 0.5
        store.apply(a_view([a_job()], [a_worker()]))

    assert len(store.fleet_speeds) == 10


def test_a_verified_file_stays_listed_and_one_that_is_put_back_does_not() -> None:
    store, _ = a_store()
    ending, given_back, going = (
        a_file(index, path=f"{index}.bin", open=[(0, 10)], size=100) for index in (1, 2, 3)
    )
    store.apply(a_view([a_job()], files=(ending, given_back, going)))
    verified = replace(ending, open=(), is_verified=True)
    store.apply(a_view([a_job()], files=(verified, going)))
    store.apply(a_view([a_job()], files=(going,)))

    assert store.files == [verified, going]


def test_another_job_begins_with_nothing_of_the_one_before() -> None:
    store, clock = a_store()
    look_for(store, clock, 10, 1.0 * MB)
    other = a_job("91bc" + "0" * 28, state=JobState.PAUSED)
    store.apply(a_view([a_job(), other], [a_worker()], files=(a_file(),)))

    store.choose(other.job_id)

    assert store.job is not None
    assert store.job.status is JobState.PAUSED
    assert store.files == []
    assert list(store.fleet_speeds) == []
    assert store.speed.smoothed == 0


def test_events_are_kept_over_looks_and_own_remarks_stand_among_them() -> None:
    store, _ = a_store()
    store.apply(a_view([a_job()], events=(an_event("one"),), events_missed=2))
    store.remark("order_failed", "no such worker")
    store.apply(a_view([a_job()], events=(an_event("two"),)))

    gap, *others = [event.text for event in store.events]
    assert gap.startswith("2 events missed")
    assert others == ["one", "no such worker", "two"]
    assert store.events_missed == 2
