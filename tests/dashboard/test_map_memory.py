"""The map remembers which ranges changed hands and which files were just done."""

from hfdl_core.queue import FileInProgress
from hfdl_tui.dashboard.view.overview.map_memory import FRESH_SECONDS, MapMemory
from hfdl_tui.dashboard.view.store import Store
from tests.dashboard.fakes import JOB, a_file, a_job, a_view

VICTIM_BEFORE = a_file(size=100, open=[(10, 100)], leases=[("w-1", 0, 10, 100)])
STOLEN = a_file(size=100, open=[(20, 100)], leases=[("w-1", 0, 20, 60), ("w-2", 60, 60, 100)])


class Looks:
    """A memory that is shown one look after another."""

    def __init__(self) -> None:
        self.memory = MapMemory()
        self.store = Store()
        self.store.choose(JOB)

    def see(self, *files: FileInProgress, now: float) -> None:
        self.store.apply(a_view([a_job()], files=files))
        self.memory.see(self.store, now)

    def fresh(self, file: FileInProgress, now: float) -> list[str]:
        return [lease.worker_id for lease in file.leases if self.memory.is_fresh(file, lease, now)]


def test_stolen_range_is_fresh_for_two_seconds_and_the_victims_is_not() -> None:
    looks = Looks()
    looks.see(VICTIM_BEFORE, now=0)

    looks.see(STOLEN, now=1)

    assert looks.fresh(STOLEN, now=1) == ["w-2"]
    assert looks.fresh(STOLEN, now=1 + FRESH_SECONDS - 0.1) == ["w-2"]
    assert looks.fresh(STOLEN, now=1 + FRESH_SECONDS) == []


def test_first_look_and_new_work_are_no_change() -> None:
    looks = Looks()
    looks.see(a_file(size=100, open=[(0, 100)]), now=0)

    looks.see(STOLEN, now=1)

    assert looks.fresh(STOLEN, now=1) == []


def test_range_of_a_dead_worker_is_fresh_when_another_takes_it_up_later() -> None:
    looks = Looks()
    taken_up = a_file(size=100, open=[(10, 100)], leases=[("w-2", 10, 10, 100)])
    looks.see(VICTIM_BEFORE, now=0)
    looks.see(a_file(size=100, open=[(10, 100)]), now=1)  # its lease ran out

    looks.see(taken_up, now=2)

    assert looks.fresh(taken_up, now=2) == ["w-2"]


def test_same_worker_going_on_is_no_change() -> None:
    looks = Looks()
    later = a_file(size=100, open=[(50, 100)], leases=[("w-1", 0, 50, 100)])
    looks.see(VICTIM_BEFORE, now=0)

    looks.see(later, now=1)

    assert looks.fresh(later, now=1) == []


def test_nothing_is_fresh_after_nobody_looked() -> None:
    looks = Looks()
    looks.see(VICTIM_BEFORE, now=0)
    looks.memory.forget_owners()

    looks.see(STOLEN, now=60)

    assert looks.fresh(STOLEN, now=60) == []


def test_files_that_move_come_first_then_those_that_were_done_last() -> None:
    looks = Looks()
    done = [a_file(index, size=10, is_verified=True) for index in range(3)]
    moving = a_file(5, size=100, open=[(50, 100)], leases=[("w-1", 0, 50, 100)])
    waiting = a_file(4, size=100, open=[(0, 100)])
    looks.see(done[0], now=0)
    looks.see(done[2], done[0], now=1)
    looks.see(done[1], moving, waiting, now=2)

    files = looks.store.files
    assert [file.file_index for file in files] == [0, 1, 2, 4, 5]
    assert [file.file_index for file in looks.memory.chosen(files, 3)] == [1, 2, 5]
    assert looks.memory.chosen(files, 5) == files
