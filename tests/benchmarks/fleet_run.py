"""One run of a fleet in the laboratory: idle workers, a sealed plan, the last rename, the proof."""

import contextlib
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from hfdl_core.models import JobId, JobState, WorkerState
from hfdl_core.queue import RedisClient
from tests.benchmarks.fleet_rows import MB, SLOWED, AtHalf, Delivery, Row
from tests.benchmarks.fleet_shapes import digests
from tests.netlab import Host, HubProcess, NetworkLab
from tests.netlab.lab import Machine
from tests.redis_servers import valkey_server

HFDL: Final = (sys.executable, "-m", "hfdl_tui")
_PASSWORD: Final = "laboratory"
_ON_THE_WIRE: Final = 1.05  # headers, and what was sent twice
_START_SECONDS: Final = 60.0
_LOOK_SECONDS: Final = 0.1


@dataclass(frozen=True)
class Repo:
    """What the Hub serves under a name, and where it takes it from."""

    name: str
    folder: Path
    nbytes: int


@dataclass(frozen=True)
class Outcome:
    """What one run took."""

    seconds: float  # from the sealed plan to the last rename
    ideal_seconds: float  # with the links as they were, also after what happened at half
    undisturbed_seconds: float  # ideal, had nothing happened at half
    fetched_again: int  # bytes of files that the Hub sent beyond the repo's
    requests_to_site: int
    machine_busy: float  # of all its cores, by anybody

    @property
    def of_limit(self) -> float:
        return self.ideal_seconds / self.seconds

    @property
    def of_all_caps(self) -> float:
        return self.undisturbed_seconds / self.seconds


class FleetRun:
    """One row, once, on the laboratory's first hosts."""

    def __init__(self, lab: NetworkLab, hub: HubProcess, connections: int) -> None:
        self._lab = lab
        self._hub = hub
        self._connections = connections
        self._destination = lab.base / "destination"
        self._redis_url = ""

    def run(self, row: Row, repo: Repo, payload: float) -> Outcome:
        """AssertionError says what went wrong, with the last words of all processes."""
        hosts = self._lab.hosts[: len(row.caps)]
        for host, cap in zip(hosts, row.caps, strict=True):
            host.plug_in()
            host.hub_link.change(cap * MB)
        # Sockets of ours, and the server, belong to the master's machine meanwhile.
        with (
            self._lab.master.namespace.entered(),
            self._queue() as queue,
            self._workers(hosts, queue),
            self._hub.answering_after(row.answer_seconds),
        ):
            return self._measured(row, repo, payload, queue)

    def _measured(self, row: Row, repo: Repo, payload: float, queue: RedisClient) -> Outcome:
        begun, busy_before = time.time(), _busy()
        with self._master(row, repo) as master:
            job_id = self._job_id(master)
            self._wait_for_the_end(row, repo, queue, job_id)
        busy, total = (now - then for now, then in zip(_busy(), busy_before, strict=True))
        sealed = next(e for e in queue.events(job_id, limit=100) if e.kind == "job_sealed")
        assert digests(self._destination) == digests(repo.folder), "the files are not the same"
        sent = self._hub.sent_since(begun)
        return Outcome(
            seconds=_last_rename(self._destination) - sealed.at.timestamp(),
            ideal_seconds=row.ideal_seconds(repo.nbytes, payload),
            undisturbed_seconds=row.undisturbed_seconds(repo.nbytes, payload),
            fetched_again=sent.file_bytes - repo.nbytes,
            requests_to_site=sent.to_the_site,
            machine_busy=busy / total,
        )

    @contextmanager
    def _queue(self) -> "Iterator[RedisClient]":
        both = ("127.0.0.1", self._lab.master.address)
        options = ("--bind", *both, "--requirepass", _PASSWORD)
        directory = self._lab.base / "redis"
        try:
            with (
                valkey_server(directory, *options) as server,
                RedisClient(server.target, client_name="benchmark") as queue,
            ):
                address = f"{self._lab.master.address}:{server.port}"
                self._redis_url = f"redis://:{_PASSWORD}@{address}/0"
                yield queue
        finally:
            shutil.rmtree(directory)
            shutil.rmtree(self._destination, ignore_errors=True)

    @contextmanager
    def _workers(self, hosts: list[Host], queue: RedisClient) -> "Iterator[None]":
        with contextlib.ExitStack() as running:
            for machine in (self._lab.master, *hosts):
                running.callback(_forget, machine)
            workers = []
            for host in hosts:
                words = ("--worker-id", host.name, "--connections", str(self._connections))
                allowed = ("--allow-path", str(self._lab.base))
                worker = self._hfdl(host, "--headless-worker", *words, *allowed)
                workers.append(running.enter_context(worker))
            _wait(lambda: self._all_idle(queue, workers), _START_SECONDS, self._last_words)
            yield

    def _all_idle(self, queue: RedisClient, workers: "list[subprocess.Popen[bytes]]") -> bool:
        ended = [worker for worker in workers if worker.poll() is not None]
        assert not ended, f"{len(ended)} workers ended at once\n{self._last_words()}"
        states = [worker.status for worker in queue.workers()]
        return states == [WorkerState.IDLE] * len(workers)

    @contextmanager
    def _master(self, row: Row, repo: Repo) -> "Iterator[subprocess.Popen[bytes]]":
        words = ["master", repo.name, "-o", str(self._destination), "--deliver", row.delivery]
        if row.delivery is Delivery.GATHER:
            words.append("--listen")
        with self._hfdl(self._lab.master, *words) as master:
            yield master

    @contextmanager
    def _hfdl(self, machine: Machine, *words: str) -> "Iterator[subprocess.Popen[bytes]]":
        where = {"HFDL_REDIS_URL": self._redis_url, "HF_ENDPOINT": self._hub.endpoint}
        process = machine.start(*HFDL, *words, **where)
        try:
            yield process
        finally:
            process.kill()
            process.wait()

    def _job_id(self, master: "subprocess.Popen[bytes]") -> JobId:
        told: list[str] = []

        def is_told() -> bool:
            lines = self._lab.master.log.read_text().splitlines()
            told.extend(line for line in lines if line.startswith("Job ID: "))
            assert told or not master.poll(), f"the master ended early\n{self._last_words()}"
            return bool(told)

        _wait(is_told, _START_SECONDS, self._last_words)
        return JobId(told[0].removeprefix("Job ID: "))

    def _wait_for_the_end(self, row: Row, repo: Repo, queue: RedisClient, job_id: JobId) -> None:
        half = self._hub.bytes_on_the_wire() + repo.nbytes / 2 * _ON_THE_WIRE
        pending = [row.at_half]

        def is_over() -> bool:
            if pending and self._hub.bytes_on_the_wire() >= half:
                _befall(self._lab.hosts[0], pending.pop())
            state = queue.snapshot(job_id).state
            assert state not in {JobState.FAILED, JobState.CANCELLED}, self._last_words()
            return state is JobState.COMPLETED

        slowest_seconds = repo.nbytes / (max(row.caps) * MB)  # one host alone
        _wait(is_over, 1.5 * slowest_seconds + _START_SECONDS, self._last_words)

    def _last_words(self) -> str:
        machines = [self._lab.master, *self._lab.hosts]
        logs = {machine.name: machine.log for machine in machines if machine.log.exists()}
        return "\n".join(f"--- {name}\n{log.read_text()[-1500:]}" for name, log in logs.items())


def _befall(host: Host, what: AtHalf) -> None:
    match what:
        case AtHalf.NOTHING:
            return
        case AtHalf.CUT_OFF:
            host.cut_off()
        case AtHalf.SLOWED:
            host.hub_link.change(host.hub_link.rate * SLOWED)


def _forget(machine: Machine) -> None:
    """Each run's processes say and remember something of their own."""
    machine.log.unlink(missing_ok=True)
    shutil.rmtree(machine.base / "home")
    (machine.base / "home").mkdir(mode=0o700)


def _last_rename(destination: Path) -> float:
    """When the last file got its name: a rename changes an inode's ctime, writing ended before."""
    found = destination.rglob("*")
    files = [path for path in found if path.is_file() and ".cache" not in path.parts]
    return max(path.stat().st_ctime for path in files)


def _busy() -> tuple[int, int]:
    """Ticks of all cores since the machine's start: at work, and altogether."""
    first = Path("/proc/stat").read_text().splitlines()[0]
    ticks = [int(word) for word in first.split()[1:9]]
    waiting = ticks[3] + ticks[4]
    return sum(ticks) - waiting, sum(ticks)


def _wait(condition: Callable[[], bool], seconds: float, otherwise: Callable[[], str]) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"not within {seconds:.0f} s\n{otherwise()}"
        time.sleep(_LOOK_SECONDS)
