"""How workers reach a collector: opened to others, over TLS, past proxies, or not at all."""

import json
import re
import shutil
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import cast

import pytest
import redis

from hfdl_tui.demo.hub import PretendHub
from tests.end_to_end.fleet import Fleet, tree_bytes, wait_until
from tests.end_to_end.gathered import (
    HERE,
    MIB,
    big,
    job_of,
    read_all,
    sent,
    wait_for_worker,
    workers,
)
from tests.transfer.middlebox import make_certificate

pytestmark = pytest.mark.end_to_end

_DEAD_PROXY = "http://127.0.0.1:9"


@pytest.fixture
def joined(tmp_path: Path, hub: PretendHub) -> Iterator[Fleet]:
    """Machines that are told of their queue only by what another one printed."""
    running = Fleet(tmp_path / "others", hub, None)
    yield running
    running.end()


def _free_port() -> int:
    with socket.socket() as trial:
        trial.bind((HERE, 0))
        return int(trial.getsockname()[1])


def _certificate(directory: Path, name: str) -> tuple[str, str]:
    """Paths of a certificate for this machine that is its own authority, and of its key."""
    if shutil.which("openssl") is None:
        pytest.skip("openssl is not installed: `apt-get install openssl` runs this test")
    place = directory / name
    place.mkdir()
    certificate, key = make_certificate(place)
    return str(certificate), str(key)


def test_another_machine_joins_by_the_printed_line_while_get_runs(
    alone: Fleet, joined: Fleet, hub: PretendHub
) -> None:
    hub.add_repo("acme/big", {"big.bin": big(12)})
    hub.bandwidth.limit_client(HERE, MIB)
    port = _free_port()
    running = alone.start("get", "acme/big", "--listen", f"{HERE}:{port}")
    running.wait_for_line("hfdl --headless-worker")
    [line] = re.findall(r"HFDL_REDIS_URL='(\S+)' hfdl --headless-worker", running.output)
    opened = alone.run("status").stderr

    joined.start(
        "--headless-worker", "--worker-id", "friend", machine="friend", HFDL_REDIS_URL=line
    )
    wait_until(lambda: _is_working(alone, "friend"), 30, running.__repr__)
    hub.bandwidth.limit_client(HERE, None)

    assert running.wait(40) == 0, running.output
    assert f"open to other machines at {HERE}:{port}" in running.output
    assert f"other machines: {HERE}:{port}" in opened
    assert tree_bytes(alone.machine("master") / "big") == {"big.bin": read_all(big(12))}
    assert tree_bytes(joined.machine("friend")) == {}
    wait_until(lambda: _is_refused(port), 20)


def _is_working(fleet: Fleet, worker: str) -> bool:
    return bool(workers(fleet).get(worker, {}).get("tasks"))


def _is_refused(port: int) -> bool:
    with socket.socket() as trial:
        return trial.connect_ex((HERE, port)) != 0


def test_without_listen_get_says_that_it_is_alone(alone: Fleet, hub: PretendHub) -> None:
    hub.add_repo("acme/tiny", {"a": b"1"})

    finished = alone.run("get", "acme/tiny")

    assert finished.returncode == 0, finished.stderr
    assert "alone; add --listen to let other machines help" in finished.stderr


def test_blocks_go_over_tls_to_whoever_trusts_the_certificate(
    fleet: Fleet, hub: PretendHub, tmp_path: Path
) -> None:
    hub.add_repo("acme/big", {"big.bin": big(4)})
    cert, key = _certificate(tmp_path, "ours")
    other_cert, _ = _certificate(tmp_path, "other")
    tls = ("--collector-cert", cert, "--collector-key", key)
    master = fleet.start("master", "acme/big", "--deliver", "gather", *tls)
    job_of(master)
    doubting = fleet.worker("doubting", "--collector-ca-file", other_cert)
    plain = fleet.worker("plain")
    for name in ("doubting", "plain"):
        wait_for_worker(fleet, name, "stepped_aside")
    shown = fleet.run("workers").stdout
    before = sent(hub)

    trusting = fleet.worker("trusting", "--collector-ca-file", cert)

    assert master.wait(40) == 0, master.output
    assert before == 0
    assert shown.count("its certificate is not trusted") == 2, shown
    assert (fleet.machine("master") / "big" / "big.bin").read_bytes() == read_all(big(4))
    assert [each.process.poll() for each in (doubting, plain, trusting)] == [None] * 3


def test_half_a_certificate_is_refused(fleet: Fleet, hub: PretendHub, tmp_path: Path) -> None:
    hub.add_repo("acme/tiny", {"a": b"1"})
    cert, key = _certificate(tmp_path, "ours")
    _, wrong_key = _certificate(tmp_path, "other")

    half = fleet.run("get", "acme/tiny", "--collector-cert", cert)
    wrong = fleet.run("get", "acme/tiny", "--collector-cert", cert, "--collector-key", wrong_key)
    right = fleet.run("get", "acme/tiny", "--collector-cert", cert, "--collector-key", key)

    assert (half.returncode, "belong together" in half.stderr) == (2, True), half.stderr
    assert wrong.returncode in {1, 2}, wrong.stderr
    assert "Traceback" not in wrong.stderr
    assert "key" in wrong.stderr.splitlines()[-1]
    assert right.returncode == 0, right.stderr


def test_a_proxy_in_the_environment_is_not_the_way_to_the_collector(
    fleet: Fleet, hub: PretendHub
) -> None:
    hub.add_repo("acme/big", {"big.bin": big(3)})
    master = fleet.start("master", "acme/big", "--deliver", "gather")
    job_of(master)
    proxies = dict.fromkeys(("HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "ALL_PROXY"), _DEAD_PROXY)
    by_name = hub.endpoint.replace(HERE, "localhost")
    # The Hub and where its files are need no proxy; the collector, at 127.0.0.1, is not named.
    fleet.worker("behind", HF_ENDPOINT=by_name, NO_PROXY="localhost,127.0.0.2", **proxies)

    assert master.wait(40) == 0, fleet.logs()
    assert workers(fleet)["behind"]["errors"] == 0


def test_a_worker_that_reaches_no_collector_takes_nothing_and_says_so(
    fleet: Fleet, hub: PretendHub
) -> None:
    hub.add_repo("acme/big", {"big.bin": big(3)})
    master = fleet.start("master", "acme/big", "--deliver", "gather")
    job = job_of(master)
    nowhere = f"http://{HERE}:{_free_port()}"
    fleet.worker("lost", "--collector-url", nowhere)
    wait_for_worker(fleet, "lost", "stepped_aside")

    told, shown = fleet.status(job), fleet.run("workers").stdout
    [counts] = json.loads(fleet.run("queue", "--json").stdout)
    events = fleet.run("events", job).stdout

    assert told["limited_by"] == "collector"
    assert nowhere.removeprefix("http://") in shown
    assert (counts["in_progress"], sent(hub)) == (0, 0)
    assert "stepped_aside" in events
    at = _address_of_the_collector(fleet, job)
    fleet.worker("found", "--collector-url", at)
    assert master.wait(40) == 0, fleet.logs()


def test_a_collector_in_its_own_process_needs_no_way_to_itself(
    fleet: Fleet, hub: PretendHub
) -> None:
    hub.add_repo("acme/big", {"big.bin": big(2), "a": b"a"})

    finished = fleet.run("get", "acme/big", "--collector-url", f"http://{HERE}:{_free_port()}")

    assert finished.returncode == 0, finished.stderr


def test_get_never_shows_its_own_collector_as_missing(fleet: Fleet, hub: PretendHub) -> None:
    hub.add_repo("acme/big", {"big.bin": big(3), "a": b"a"})

    finished = fleet.run("get", "acme/big")

    assert finished.returncode == 0, finished.stderr
    assert "collector" not in finished.stderr


def _address_of_the_collector(fleet: Fleet, job: str) -> str:
    assert fleet.redis_url is not None
    with redis.Redis.from_url(fleet.redis_url) as client:
        told = cast("bytes", client.hget(f"hfdl:{{{job}}}:meta", "collector_at"))
    return str(json.loads(told)["urls"][0])
