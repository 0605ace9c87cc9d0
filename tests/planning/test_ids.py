"""The same request has the same id; whatever makes it another request makes another id."""

import re
from typing import Any

import pytest

from hfdl_core.models import Delivery, JobSpec, Layout, RepoFile, RepoType
from hfdl_core.planning import job_id, plan_id

REQUEST: dict[str, Any] = {
    "repo_type": RepoType.DATASET,
    "repo_id": "acme/tiny",
    "commit": "1" * 40,
    "include": ("*.json", "data/"),
    "exclude": (),
    "delivery": Delivery.GATHER,
    "layout": Layout.DIR,
    "destination": "/srv/tiny",
    "machine": "m1",
}
FILES = [RepoFile("b", 2, "ab" * 32), RepoFile("a", 1, "cd" * 20)]


def spec(**changes: Any) -> JobSpec:
    request = {**REQUEST, "revision": "main", "host": "here"} | changes
    return JobSpec(job_id=job_id(**REQUEST), **request)


def test_job_id_is_short_and_plain() -> None:
    assert re.fullmatch(r"[a-z2-7]{12}", job_id(**REQUEST))


def test_job_id_never_changes_between_versions() -> None:
    assert job_id(**REQUEST) == "lorzyjnoq7nq"


def test_order_and_repeats_of_globs_do_not_matter() -> None:
    again = REQUEST | {"include": ["data/", "*.json", "data/"]}

    assert job_id(**again) == job_id(**REQUEST)


@pytest.mark.parametrize(
    "change",
    [
        {"repo_type": RepoType.MODEL},
        {"repo_id": "acme/other"},
        {"commit": "2" * 40},
        {"include": ("*.json",)},
        {"exclude": ("data/",)},
        {"include": (), "exclude": ("*.json", "data/")},
        {"delivery": Delivery.SHARED},
        {"layout": Layout.CACHE},
        {"destination": "/srv/other"},
        {"machine": None},
        {"machine": "m2"},
    ],
)
def test_another_request_is_another_job(change: dict[str, Any]) -> None:
    assert job_id(**REQUEST | change) != job_id(**REQUEST)


def test_plan_id_is_the_same_on_another_host_and_for_another_name_of_the_commit() -> None:
    here = plan_id(spec(), FILES)
    there = plan_id(spec(host="there", revision="v1", max_attempts=9, weight=2.0), FILES)

    assert here == there


@pytest.mark.parametrize(
    "files",
    [
        FILES[:1],
        FILES[::-1],
        [FILES[0], RepoFile("a", 2, "cd" * 20)],
        [FILES[0], RepoFile("a", 1, "ce" * 20)],
        [FILES[0], RepoFile("a2", 1, "cd" * 20)],
        [],
    ],
)
def test_another_manifest_is_another_plan(files: list[RepoFile]) -> None:
    assert plan_id(spec(), files) != plan_id(spec(), FILES)


@pytest.mark.parametrize(
    "change",
    [{"commit": "2" * 40}, {"delivery": Delivery.KEEP}, {"include": ()}, {"exclude": ("x",)}],
)
def test_other_parameters_are_another_plan(change: dict[str, Any]) -> None:
    assert plan_id(spec(**change), FILES) != plan_id(spec(), FILES)
