"""`hfdl get REPO` with nothing else running: real data, awkward names, verified by others too."""

import hashlib
import json
import subprocess
import sys

import pytest

from hfdl_tui.demo.hub import Access, Corrupt, Fault, PretendHub, Role
from tests.end_to_end.fleet import Fleet, tree_bytes
from tests.real_repos import MANY_SMALL, MIXED, MODEL, RealRepo

pytestmark = pytest.mark.end_to_end

AWKWARD = {
    "empty.txt": b"",
    "page.html": b"<html>x</html>\n",
    "deep/er/and/deeper/still/leaf.bin": bytes(range(256)) * 5,
    "with space/é # % [x].txt": "snö & ice\n".encode(),
    "100%25.txt": b"percent",
    "#hash": b"hash",
    "data/plain.csv": b"a,b\n1,2\n" * 1000,
}


def test_awkward_files_arrive_byte_identical_and_hf_agrees(alone: Fleet, hub: PretendHub) -> None:
    hub.add_repo("acme/awkward", AWKWARD)

    finished = alone.run("get", "acme/awkward", "-o", "out")

    assert finished.returncode == 0, finished.stderr
    assert tree_bytes(alone.machine("master") / "out") == AWKWARD
    checked = subprocess.run(
        [
            *(sys.executable, "-m", "huggingface_hub.cli.hf", "cache", "verify", "acme/awkward"),
            *("--repo-type", "dataset", "--local-dir", "out", "--fail-on-missing-files"),
        ],
        env=alone.environment("master"),
        cwd=alone.machine("master"),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert checked.returncode == 0, checked.stdout + checked.stderr


@pytest.mark.parametrize("real", [MODEL, MIXED, MANY_SMALL], ids=lambda real: real.package)
def test_real_repos_come_home_whole(alone: Fleet, hub: PretendHub, real: RealRepo) -> None:
    real.add_to(hub)

    finished = alone.run("get", real.repo_id, "-o", "real")

    assert finished.returncode == 0, finished.stderr
    here = tree_bytes(alone.machine("master") / "real")
    assert here == {name: path.read_bytes() for name, path in real.files().items()}
    verified = alone.run("verify", "real")
    assert verified.returncode == 0, verified.stderr


def test_corrupt_bytes_are_fetched_again(alone: Fleet, hub: PretendHub) -> None:
    content = b"right" * 1000
    hub.add_repo("acme/bad", {"a.bin": content})
    hub.faults.add(Fault(Corrupt(offset=7), role=Role.CDN, path="a.bin", times=1))

    finished = alone.run("get", "acme/bad")

    assert finished.returncode == 0, finished.stderr
    assert tree_bytes(alone.machine("master") / "bad") == {"a.bin": content}


def test_bytes_that_stay_corrupt_fail_with_both_digests_until_requeued(
    fleet: Fleet, hub: PretendHub
) -> None:
    content = b"right" * 1000
    hub.add_repo("acme/bad", {"a.bin": content, "b.txt": b"fine"})
    rule = hub.faults.add(Fault(Corrupt(offset=7), role=Role.CDN, path="a.bin"))

    finished = fleet.run("get", "acme/bad", "--max-attempts", "1")

    assert finished.returncode == 1
    [job] = json.loads(fleet.run("status", "--json").stdout)
    assert (job["status"], job["files_completed"], job["files_failed"]) == ("failed", 1, 1)
    [task] = json.loads(fleet.run("tasks", job["job_id"], "--state", "failed", "--json").stdout)
    assert hashlib.sha256(content).hexdigest() in task["error"]
    assert "digest" in task["error"]

    hub.faults.remove(rule)
    again = fleet.run("requeue", job["job_id"])
    follow = fleet.run("get", "acme/bad", "--max-attempts", "1")

    assert again.returncode == 0, again.stderr
    assert follow.returncode == 0, follow.stderr
    assert fleet.status(job["job_id"])["status"] == "completed"


def test_model_is_found_without_a_type_by_the_seed_command(fleet: Fleet, hub: PretendHub) -> None:
    hub.add_repo("microsoft/DialoGPT-medium", {"config.json": b"{}"}, "model")

    job = fleet.master("microsoft/DialoGPT-medium", "--output-dir", "./my-downloads")
    worker = fleet.worker("worker-01", "--exit-when-idle", "1")

    assert worker.wait() == 0
    assert fleet.status(job)["repo_type"] == "model"
    assert tree_bytes(fleet.machine("worker-01") / "my-downloads") == {"config.json": b"{}"}


def test_gated_repo_is_refused_before_anything_is_queued(fleet: Fleet, hub: PretendHub) -> None:
    hub.add_repo("acme/secret", {"a": b"1"}, access=Access.GATED)

    finished = fleet.run("get", "acme/secret")

    assert finished.returncode == 3
    assert "acme/secret" in finished.stderr
    assert json.loads(fleet.run("status", "--json").stdout) == []


def test_wrong_directory_is_not_taken_over_by_default(alone: Fleet, hub: PretendHub) -> None:
    hub.add_repo("acme/mine", {"a.txt": b"new"})
    theirs = alone.machine("master") / "mine"
    theirs.mkdir()
    (theirs / "precious.txt").write_text("keep")

    refused = alone.run("get", "acme/mine")
    taken = alone.run("get", "acme/mine", "-o", "mine")

    assert refused.returncode == 2
    assert "-o" in refused.stderr
    assert taken.returncode == 0, taken.stderr
    assert tree_bytes(theirs) == {"precious.txt": b"keep", "a.txt": b"new"}
