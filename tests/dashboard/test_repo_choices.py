"""What is offered below the question which repo to open, and how an answer is read."""

from datetime import UTC, datetime

import pytest

from hfdl_core.hub import SearchHit
from hfdl_core.machine import JobMade
from hfdl_core.models import RepoType
from hfdl_tui.dashboard.view.drawing.spans import plain
from hfdl_tui.dashboard.view.files.recents import RecentRepo
from hfdl_tui.dashboard.view.files.repo_choices import (
    choices,
    lost_job_lines,
    recent_of,
    split_revision,
)
from tests.dashboard.fake_browser import a_repo
from tests.dashboard.fakes import a_job, a_spec, a_view

RECENT = RecentRepo("datasets/acme/tiny", "v1", "2026-01-31T10:00:00+00:00")
LOST = JobMade("7f3a" * 8, "acme/old", "hfdl get acme/old -o /d", "2026-01-30T10:00:00+00:00", "q")
HIT = SearchHit(
    "acme/tiny", RepoType.MODEL, 12345, 6, datetime(2026, 1, 2, tzinfo=UTC), False, True
)


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        (" acme/tiny ", ("acme/tiny", None)),
        ("acme/tiny@v1.0", ("acme/tiny", "v1.0")),
        ("datasets/acme/tiny @ refs/pr/1", ("datasets/acme/tiny", "refs/pr/1")),
        ("acme/tiny@", ("acme/tiny", None)),
        ("https://huggingface.co/a/b/tree/v1", ("https://huggingface.co/a/b/tree/v1", None)),
        ("hf://datasets/a/b@v1/c", ("hf://datasets/a/b@v1/c", None)),
        ("huggingface.co/a/b/tree/x@y", ("huggingface.co/a/b/tree/x@y", None)),
        ("", ("", None)),
    ],
)
def test_a_revision_may_stand_behind_the_name(typed: str, read: tuple[str, str | None]) -> None:
    assert split_revision(typed) == read


def test_with_nothing_typed_what_was_there_before_is_offered() -> None:
    offered = choices("", [HIT], [], [RECENT], [LOST])

    assert [(choice.kind, choice.name) for choice in offered] == [
        ("recent", "datasets/acme/tiny@v1"),
        ("lost job", "acme/old"),
    ]
    assert (offered[0].repo, offered[0].revision) == ("datasets/acme/tiny", "v1")
    assert offered[1].about == "run again: hfdl get acme/old -o /d"


def test_what_the_hub_found_comes_first_and_names_its_type_when_opened() -> None:
    offered = choices("TINY", [HIT], [], [RECENT], [LOST])

    assert [(choice.kind, choice.repo) for choice in offered] == [
        ("model", "models/acme/tiny"),
        ("recent", "datasets/acme/tiny"),
    ]
    assert offered[0].about == "12,345 downloads, 6 likes, 2026-01-02, asks for access"
    assert len({choice.key for choice in offered}) == 2


def test_the_repos_of_this_queues_jobs_are_offered_once_unless_they_were_opened() -> None:
    ids = {"7f3a": "acme/model-9b", "7f3b": "acme/model-9b", "7f3c": "acme/tiny"}
    kinds = {"repo_type": RepoType.DATASET}
    jobs = a_view([a_job(i, spec=a_spec(i, repo_id=repo, **kinds)) for i, repo in ids.items()]).jobs

    offered = choices("", [], jobs, [RECENT], [])

    assert [(choice.kind, choice.repo, choice.about) for choice in offered] == [
        ("job", "datasets/acme/model-9b", "running here, 1,024 files"),
        ("recent", "datasets/acme/tiny", "opened 2026-01-31"),
    ]


def test_what_is_remembered_is_opened_as_the_same_again() -> None:
    assert recent_of(a_repo("acme/tiny"), None, "now").place == ("models/acme/tiny", "")
    assert recent_of(a_repo("acme/tiny"), "v1", "now").place == ("models/acme/tiny", "v1")


def test_the_command_of_a_lost_job_stands_alone_on_its_line() -> None:
    assert LOST.command in [plain(line) for line in lost_job_lines(LOST)]
