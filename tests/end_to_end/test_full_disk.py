"""A machine whose disk is full gives its work back; the job completes elsewhere."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from hfdl_tui.demo.hub import GeneratedContent, PretendHub
from tests.end_to_end.fleet import Fleet, wait_until

pytestmark = pytest.mark.end_to_end

MIB = 1 << 20


@pytest.fixture
def small_disk(fleet: Fleet) -> Iterator[Path]:
    if os.geteuid() != 0 or sys.platform != "linux":
        pytest.skip("only root on Linux may mount a small disk")
    place = fleet.machine("small")
    options = ["-t", "tmpfs", "-o", "size=3m", "tmpfs", str(place)]
    if subprocess.run(["/usr/bin/env", "mount", *options], check=False).returncode:
        pytest.skip("this machine lets nobody mount")
    yield place
    fleet.end()
    subprocess.run(["/usr/bin/env", "umount", str(place)], check=True)


@pytest.mark.usefixtures("small_disk")
def test_a_full_disk_steps_aside_and_the_job_completes_without_it(
    fleet: Fleet, hub: PretendHub
) -> None:
    hub.add_repo("acme/parts", {f"{n}.bin": GeneratedContent(2 * MIB, str(n)) for n in range(6)})
    job = fleet.master("acme/parts")
    fleet.worker("small")

    def stepped_aside() -> bool:
        workers = json.loads(fleet.run("workers", "--json").stdout)
        return [worker["status"] for worker in workers] == ["stepped_aside"]

    wait_until(stepped_aside, 60, fleet.logs)
    waiting = fleet.status(job)
    fleet.worker("large")

    done = fleet.wait_for_status(job, "completed")
    assert (waiting["status"], waiting["limited_by"]) == ("running", "disk")
    assert (done["files_completed"], done["files_failed"]) == (6, 0)
    assert done["bytes_completed"] == 12 * MIB
