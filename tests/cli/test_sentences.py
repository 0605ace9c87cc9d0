"""What is told of a job where nothing can be drawn, and when."""

from typing import Any

import pytest

from hfdl_core.models import JobState, LimitedBy
from hfdl_tui.cli.changes import Changes
from hfdl_tui.cli.show_jobs import page_lines, sentence
from tests.cli.samples import JOB, job


def test_a_running_job_is_one_full_sentence() -> None:
    assert sentence(job()) == (
        f"job {JOB} (acme/data) is running: 2 of 10 files, 250.0 kB of 1.0 MB (25.0 %), "
        "at 125.0 kB/s, about 6 s left, limited by the links' own speed."
    )


def test_an_ended_job_says_how_it_ended() -> None:
    ended = job(status=JobState.FAILED, files_completed=9, files_failed=1, eta_seconds=None)

    assert sentence(ended) == (
        f"job {JOB} (acme/data) is failed: 9 of 10 files, 1 failed, 250.0 kB of 1.0 MB."
    )


@pytest.mark.parametrize(
    "change",
    [{"status": JobState.PAUSED}, {"limited_by": LimitedBy.NO_WORKERS}, {"files_failed": 1}],
)
def test_what_matters_is_told_at_once(change: dict[str, Any]) -> None:
    changes = Changes()
    changes.is_worth_telling(job(), 0.0)

    assert changes.is_worth_telling(job(**change), 0.1)


def test_progress_is_told_every_five_seconds_at_most() -> None:
    changes = Changes()

    told = [
        changes.is_worth_telling(job(bytes_completed=250_000 + 50_000 * second), float(second))
        for second in range(11)
    ]

    assert [second for second, is_told in enumerate(told) if is_told] == [0, 5, 10]


def test_a_job_that_does_not_move_is_told_once() -> None:
    changes = Changes()

    told = [changes.is_worth_telling(job(), float(second)) for second in range(100)]

    assert told.count(True) == 1


def test_a_page_leaves_out_what_is_not_known() -> None:
    lines = page_lines(job(eta_seconds=None, limited_by=LimitedBy.NONE))

    names = [line.partition(":")[0] for line in lines]
    assert names[:5] == ["job", "repo", "into", "status", "done"]
    assert "eta" not in names
    assert "limited by" not in names
