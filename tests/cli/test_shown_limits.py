"""Where people see which worker is limited, and where nobody is."""

import pytest

from hfdl_tui.cli.as_json import worker_json
from hfdl_tui.cli.show_workers import emit_workers
from tests.cli.samples import worker_view


def test_a_limit_has_a_column_where_somebody_has_one(capsys: pytest.CaptureFixture[str]) -> None:
    limited = worker_view(worker_id="slow", limit_bytes_per_second=512_000.0)

    emit_workers([worker_view(), limited])

    title, free, slow = capsys.readouterr().out.splitlines()
    column = title.index("LIMIT")
    assert slow[: column + 5].endswith("512.0 kB/s")
    assert free[: column + 5].endswith(" -")


def test_nobody_is_shown_a_limit_that_nobody_has(capsys: pytest.CaptureFixture[str]) -> None:
    emit_workers([worker_view()])

    assert "LIMIT" not in capsys.readouterr().out


def test_programs_see_the_limit_that_holds_now() -> None:
    limited = worker_view(limit_bytes_per_second=512_000.0)

    assert worker_json(limited)["limit_bytes_per_second"] == 512_000.0
