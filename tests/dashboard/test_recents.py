"""What was looked at last is remembered on this machine, for this user only."""

import json
import logging
from pathlib import Path

import pytest

from hfdl_core.machine import JobMade
from hfdl_tui.dashboard.view.files.recents import RecentRepo, RecentRepos, forgotten_jobs


def repo(name: str, revision: str = "", opened_at: str = "2026-01-01T00:00:00+00:00") -> RecentRepo:
    return RecentRepo(name, revision, opened_at)


def test_the_newest_comes_first_and_each_repo_once(tmp_path: Path) -> None:
    recents = RecentRepos(tmp_path / "state" / "repos.jsonl")

    recents.record(repo("acme/a"))
    recents.record(repo("datasets/acme/b"))
    recents.record(repo("acme/a", "v2"))
    recents.record(repo("acme/a", "", "2026-02-02T00:00:00+00:00"))

    assert recents.repos() == [
        repo("acme/a", "", "2026-02-02T00:00:00+00:00"),
        repo("acme/a", "v2"),
        repo("datasets/acme/b"),
    ]


def test_only_the_last_20_are_kept_and_privately(tmp_path: Path) -> None:
    path = tmp_path / "state" / "repos.jsonl"
    for number in range(25):
        RecentRepos(path).record(repo(f"acme/{number}"))

    assert [each.repo for each in RecentRepos(path).repos()] == [
        f"acme/{number}" for number in range(24, 4, -1)
    ]
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700


def test_lines_of_another_version_are_passed_over(tmp_path: Path) -> None:
    path = tmp_path / "repos.jsonl"
    good = {"repo": "acme/a", "revision": "", "opened_at": "t", "new": 1}
    path.write_text("no json\n[1]\n{}\n" + json.dumps(good) + "\n")

    assert RecentRepos(path).repos() == [repo("acme/a", "", "t")]


def test_a_place_that_cannot_be_written_is_no_trouble(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "file").touch()
    recents = RecentRepos(tmp_path / "file" / "repos.jsonl")

    with caplog.at_level(logging.WARNING):
        recents.record(repo("acme/a"))

    assert "cannot remember" in caplog.text
    assert recents.repos() == []


def test_the_file_is_in_this_machines_state(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))

    RecentRepos.of_this_machine().record(repo("acme/a"))

    assert len(list((tmp_path / "hfdl").glob("repos-*.jsonl"))) == 1
    assert RecentRepos.of_this_machine().repos() == [repo("acme/a")]


def test_jobs_that_the_queue_lost_are_known_by_those_it_has() -> None:
    jobs = [JobMade(job_id, "acme/a", "hfdl get acme/a", "t", "redis") for job_id in ("x", "y")]

    assert [job.job_id for job in forgotten_jobs(jobs, {"y", "z"})] == ["x"]
