"""The list of jobs, and the jobs that the queue has forgotten."""

from hfdl_core.machine import JobMade
from hfdl_core.models import JobState
from hfdl_tui.dashboard.view.drawing.glyphs import UNICODE
from hfdl_tui.dashboard.view.drawing.table import Row, RowSource
from hfdl_tui.dashboard.view.overview.job_rows import forgotten_key, forgotten_of, job_rows
from hfdl_tui.dashboard.view.store import Store
from tests.dashboard.fakes import JOB, a_job, a_spec, a_view, a_worker

OTHER = "22e0" + "0" * 28
LINE = "queue redis.lab:6379"


def a_store() -> Store:
    store = Store()
    store.choose(JOB)
    done = a_job(
        OTHER,
        spec=a_spec(OTHER, repo_id="acme/mnist"),
        state=JobState.COMPLETED,
        files_total=212,
        counters={"bytes_completed": 300_000_000_000, "bytes_live": 0},
    )
    store.apply(a_view([a_job(), done], [a_worker()]))
    return store


def made(job_id: str, redis: str = LINE) -> JobMade:
    return JobMade(job_id, "acme/mnist", "hfdl get acme/mnist", "2026-01-01T00:00:00+00:00", redis)


def all_of(source: RowSource) -> list[Row]:
    return [source.row_at(index) for index in range(len(source))]


def texts(row: Row) -> list[str]:
    return [cell if isinstance(cell, str) else cell[0] for cell in row.cells]


def test_jobs_tell_how_far_they_are_and_the_one_looked_at_is_bold() -> None:
    running, done = all_of(job_rows(a_store(), UNICODE))

    assert texts(running) == [
        "●", "7f3a", "acme/model-9b", "43.3 %", "1.0 MB/s", "1 d 23 h"
    ]  # fmt: skip
    assert texts(done) == ["✓", "22e0", "acme/mnist", "100 %", "212 files", "done"]
    assert running.cells[2] == ("acme/model-9b", "bold")
    assert done.cells[2] == ("acme/mnist", "")


def test_job_that_is_being_changed_shows_it() -> None:
    running, _ = all_of(job_rows(a_store(), UNICODE, is_pending=lambda key: key == JOB))

    assert texts(running)[0] == "…"


def test_forgotten_job_is_listed_with_its_command() -> None:
    store = a_store()
    lost = made("dead" + "0" * 28)

    forgotten = forgotten_of([lost, made(JOB)], store, LINE)
    row = all_of(job_rows(store, UNICODE, forgotten))[-1]

    assert forgotten == [lost]
    assert texts(row)[2] == "LOST from Redis: run again: hfdl get acme/mnist"
    assert row.style == "dim"
    assert forgotten_key(row.key, forgotten) == lost
    assert forgotten_key(JOB, forgotten) is None


def test_jobs_of_another_queue_are_not_lost_and_the_reason_for_a_queue_does_not_matter() -> None:
    elsewhere = made("aaaa", "queue other:6379")
    same = made("bbbb", f"{LINE}; no other was given")

    assert forgotten_of([elsewhere, same], a_store(), LINE) == [same]


def test_nothing_is_forgotten_before_the_first_look() -> None:
    assert forgotten_of([made("dead")], Store(), LINE) == []
