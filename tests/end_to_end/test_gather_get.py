"""`hfdl get` brings one repo home through many processes, and lives through what ends them."""

import json
import signal
import subprocess
import sys
import time

import pytest
from typing_extensions import override

from hfdl_tui.demo.hub import GeneratedContent, PretendHub
from tests.end_to_end.fleet import Fleet, tree_bytes, wait_until
from tests.end_to_end.gathered import (
    HERE,
    MIB,
    Files,
    big,
    job_of,
    read_all,
    sent,
    wait_for_bytes,
    wait_for_worker,
    workers,
)

pytestmark = pytest.mark.end_to_end


class UnreadablyBig(GeneratedContent):
    """Nobody has the time to hash it."""

    @override
    def sha256(self) -> str:
        return "0" * 64


def test_other_workers_help_and_everything_arrives_in_one_place(
    fleet: Fleet, hub: PretendHub
) -> None:
    whole: Files = {
        "big.bin": big(12),
        "middle.bin": big(3, "m"),
        "a/small.txt": b"x",
        "empty": b"",
    }
    hub.add_repo("acme/mixed", whole)
    hub.bandwidth.limit_client(HERE, 3 * MIB)
    for name in ("one", "two"):
        fleet.start("--headless-worker", "--worker-id", name, machine=name)
        wait_for_worker(fleet, name, "idle")

    running = fleet.start("get", "acme/mixed", "-o", "out")
    job = job_of(running)

    assert running.wait(40) == 0, running.output
    assert fleet.status(job)["deliver"] == "gather"
    wait_until(lambda: _have_helped(fleet, "one", "two"), 5, fleet.logs)
    assert "complete: 4 files" in running.output
    here = tree_bytes(fleet.machine("master") / "out")
    wanted = {path: read_all(content) for path, content in whole.items()}
    assert here == wanted
    assert sent(hub) <= 15 * MIB + 4 * MIB
    for name in ("one", "two"):
        assert tree_bytes(fleet.machine(name)) == {}, "a helping machine keeps nothing"
    checked = subprocess.run(
        [
            *(sys.executable, "-m", "huggingface_hub.cli.hf", "cache", "verify"),
            *("acme/mixed", "--repo-type", "dataset", "--local-dir", "out"),
            "--fail-on-missing-files",
        ],
        env=fleet.environment("master"),
        cwd=fleet.machine("master"),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert checked.returncode == 0, checked.stdout + checked.stderr


def test_a_collector_killed_in_mid_file_goes_on_from_its_journal(
    fleet: Fleet, hub: PretendHub
) -> None:
    hub.add_repo("acme/big", {"big.bin": big(24)})
    hub.bandwidth.limit_client(HERE, 3 * MIB)
    helper = fleet.worker("helper")
    first = fleet.start("get", "acme/big")
    wait_for_worker(fleet, "helper", "working")
    wait_for_bytes(fleet, 12 * MIB)

    first.signal(signal.SIGKILL)
    first.wait()
    again = fleet.start("get", "acme/big")
    again.wait_for_line("is running already")
    hub.bandwidth.limit_client(HERE, None)

    begun = time.monotonic()
    assert again.wait(60) == 0, fleet.logs()
    # The dead one's claim is not waited out.
    assert time.monotonic() - begun < 18
    assert (fleet.machine("master") / "big" / "big.bin").read_bytes() == read_all(big(24))
    # What was on its way or not yet synced comes again: at most a second and the blocks in hand.
    assert sent(hub) <= 24 * MIB + 10 * MIB
    assert helper.process.poll() is None
    wait_until(lambda: workers(fleet)["helper"]["bytes_completed"] > 0, 5, fleet.logs)


def test_a_stopped_collector_keeps_its_job_until_it_is_killed(
    fleet: Fleet, hub: PretendHub
) -> None:
    hub.add_repo("acme/big", {"big.bin": big(12)})
    hub.bandwidth.limit_client(HERE, 4 * MIB)
    first = fleet.start("get", "acme/big")
    wait_for_bytes(fleet, 4 * MIB)

    first.signal(signal.SIGSTOP)
    second = fleet.start("get", "acme/big")
    second.wait_for_line("stands by: another collector writes to")
    first.signal(signal.SIGKILL)
    first.wait()
    hub.bandwidth.limit_client(HERE, None)

    assert second.wait(60) == 0, fleet.logs()
    assert (fleet.machine("master") / "big" / "big.bin").read_bytes() == read_all(big(12))


def test_a_stopped_collector_that_wakes_up_does_no_harm(fleet: Fleet, hub: PretendHub) -> None:
    hub.add_repo("acme/big", {"big.bin": big(12)})
    hub.bandwidth.limit_client(HERE, 4 * MIB)
    first = fleet.start("get", "acme/big")
    wait_for_bytes(fleet, 4 * MIB)

    first.signal(signal.SIGSTOP)
    second = fleet.start("get", "acme/big")
    second.wait_for_line("stands by: ")
    # Its claim has run out by the time it wakes up.
    job = job_of(second)
    wait_until(lambda: fleet.status(job)["limited_by"] == "collector", 40, fleet.logs)
    first.signal(signal.SIGCONT)
    hub.bandwidth.limit_client(HERE, None)

    assert (first.wait(60), second.wait(60)) == (0, 0), fleet.logs()
    assert (fleet.machine("master") / "big" / "big.bin").read_bytes() == read_all(big(12))
    assert sent(hub) <= 12 * MIB + 8 * MIB


def test_the_same_command_twice_at_once_makes_one_job(fleet: Fleet, hub: PretendHub) -> None:
    hub.add_repo("acme/big", {"big.bin": big(6), "a.txt": b"a"})
    hub.bandwidth.limit_client(HERE, 3 * MIB)

    both = [fleet.start("get", "acme/big") for _ in range(2)]

    assert [running.wait(60) for running in both] == [0, 0], fleet.logs()
    assert len(json.loads(fleet.run("status", "--json").stdout)) == 1
    here = tree_bytes(fleet.machine("master") / "big")
    assert here == {"big.bin": read_all(big(6)), "a.txt": b"a"}
    assert sent(hub) <= 6 * MIB + 4 * MIB


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGHUP])
def test_interrupted_and_again(fleet: Fleet, hub: PretendHub, number: signal.Signals) -> None:
    hub.add_repo("acme/big", {"big.bin": big(12)})
    hub.bandwidth.limit_client(HERE, 4 * MIB)
    first = fleet.start("get", "acme/big")
    wait_for_bytes(fleet, 5 * MIB)

    first.signal(number)

    assert first.wait(15) == 130, first.output
    assert "interrupted; run the same command to go on" in first.output
    before = sent(hub)
    hub.bandwidth.limit_client(HERE, None)
    again = fleet.run("get", "acme/big")
    assert again.returncode == 0, again.stderr
    # An orderly end syncs what has come: only what was on its way is fetched again.
    assert sent(hub) - before <= 12 * MIB - before + 3 * MIB
    assert (fleet.machine("master") / "big" / "big.bin").read_bytes() == read_all(big(12))


def test_get_as_json_prints_the_finished_job(fleet: Fleet, hub: PretendHub) -> None:
    hub.add_repo("acme/tiny", {"a": b"1", "b": b"22"})

    finished = fleet.run("get", "acme/tiny", "--json")

    job = json.loads(finished.stdout)
    assert finished.returncode == 0, finished.stderr
    assert (job["status"], job["deliver"], job["files_completed"]) == ("completed", "gather", 2)


def test_a_job_that_does_not_fit_the_disk_is_refused_before_it_starts(
    fleet: Fleet, hub: PretendHub
) -> None:
    hub.add_repo("acme/huge", {"huge.bin": UnreadablyBig(4 << 40, "huge")})

    refused = fleet.run("get", "acme/huge")

    assert refused.returncode == 2, refused.stderr
    assert "bytes free" in refused.stderr.splitlines()[-1]
    assert sent(hub) == 0


def _have_helped(fleet: Fleet, *names: str) -> bool:
    told = workers(fleet)
    return all(told[name]["bytes_completed"] > 0 for name in names)
