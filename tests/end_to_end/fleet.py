"""A whole fleet on one machine: a pretend Hub, a queue, and hfdl processes with their own homes."""

import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from hfdl_tui.demo.hub import PretendHub


@dataclass
class HfdlProcess:
    """One running hfdl command with its output gathered line by line."""

    process: subprocess.Popen[str]
    lines: list[str] = field(default_factory=list)
    _readers: list[threading.Thread] = field(default_factory=list)

    @classmethod
    def start(cls, arguments: list[str], environment: dict[str, str], cwd: Path) -> "HfdlProcess":
        process = subprocess.Popen(
            [sys.executable, "-m", "hfdl_tui", *arguments],
            env=environment,
            cwd=cwd,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        running = cls(process)
        for stream in (process.stdout, process.stderr):
            assert stream is not None
            reader = threading.Thread(target=running.lines.extend, args=(stream,), daemon=True)
            reader.start()
            running._readers.append(reader)
        return running

    @property
    def output(self) -> str:
        return "".join(self.lines)

    def signal(self, number: int) -> None:
        self.process.send_signal(number)

    def wait(self, seconds: float = 60) -> int:
        try:
            status = self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            self.end()
            raise AssertionError(f"still running after {seconds} s:\n{self.output}") from None
        for reader in self._readers:
            reader.join(5)
        return status

    def wait_for_line(self, text: str, seconds: float = 30) -> None:
        wait_until(lambda: text in self.output, seconds, lambda: f"no {text!r} in:\n{self.output}")

    def end(self) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        for reader in self._readers:
            reader.join(5)
        for stream in (self.process.stdout, self.process.stderr):
            if stream is not None:
                stream.close()


class Fleet:
    """Machines that share a Hub and a queue; each has its own home and working directory."""

    def __init__(self, base: Path, hub: PretendHub, redis_url: str | None) -> None:
        self.base = base
        self.hub = hub
        self.redis_url = redis_url
        self._running: list[HfdlProcess] = []

    def machine(self, name: str) -> Path:
        """Working directory of a machine; its home lies beside it."""
        directory = self.base / name / "work"
        directory.mkdir(parents=True, exist_ok=True)
        return directory

    def environment(self, machine: str, **extra: str) -> dict[str, str]:
        home = self.base / machine / "home"
        home.mkdir(parents=True, exist_ok=True)
        keep = {name: os.environ[name] for name in ("PATH", "LANG") if name in os.environ}
        runtime = self.base / machine / "run"
        runtime.mkdir(mode=0o700, exist_ok=True)
        variables = keep | {
            "HOME": str(home),
            "XDG_RUNTIME_DIR": str(runtime),
            "PYTHONUNBUFFERED": "1",
            "PYTHONPATH": str(Path(__file__).parents[2]),
            "HF_ENDPOINT": self.hub.endpoint,
            "HF_HUB_DISABLE_XET": "1",
            "HF_HUB_DISABLE_UPDATE_CHECK": "1",
            "HF_HUB_DISABLE_TELEMETRY": "1",
        }
        if self.redis_url is not None:
            variables["HFDL_REDIS_URL"] = self.redis_url
        return variables | extra

    def start(self, *arguments: str, machine: str = "master", **extra: str) -> HfdlProcess:
        running = HfdlProcess.start(
            list(arguments), self.environment(machine, **extra), self.machine(machine)
        )
        self._running.append(running)
        return running

    def run(
        self, *arguments: str, machine: str = "master", seconds: float = 90, **extra: str
    ) -> subprocess.CompletedProcess[str]:
        return self._run(arguments, machine, seconds, extra)

    def master(self, *arguments: str, machine: str = "master", **extra: str) -> str:
        """Run `hfdl master ...` and return the job's id."""
        finished = self._run(("master", *arguments), machine, 90, extra)
        assert finished.returncode == 0, finished.stderr
        first = finished.stdout.splitlines()[0]
        assert first.startswith("Job ID: "), finished.stdout
        return first.removeprefix("Job ID: ")

    def worker(self, name: str, *arguments: str, **extra: str) -> HfdlProcess:
        """A worker on its own machine of the same name."""
        return self.start("worker", "--worker-id", name, *arguments, machine=name, **extra)

    def status(self, job: str) -> dict[str, Any]:
        finished = self.run("status", job, "--json")
        assert finished.returncode in {0, 1}, finished.stderr
        found: dict[str, Any] = json.loads(finished.stdout)
        return found

    def wait_for_status(self, job: str, *wanted: str, seconds: float = 60) -> dict[str, Any]:
        found: dict[str, Any] = {}

        def there() -> bool:
            found.update(self.status(job))
            return found["status"] in wanted

        wait_until(there, seconds, lambda: f"{found}\n" + self.logs())
        return found

    def logs(self) -> str:
        return "\n".join(f"--- {run.process.args!r}\n{run.output}" for run in self._running)

    def end(self) -> None:
        for running in self._running:
            running.end()

    def _run(
        self, arguments: Sequence[str], machine: str, seconds: float, extra: Mapping[str, str]
    ) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "hfdl_tui", *arguments],
            env=self.environment(machine, **extra),
            cwd=self.machine(machine),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=seconds,
            check=False,
        )


def wait_until(
    condition: Callable[[], bool], seconds: float, otherwise: Callable[[], str] = lambda: ""
) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"not within {seconds} s: {otherwise()}"
        time.sleep(0.1)


def tree_bytes(root: Path) -> dict[str, bytes]:
    """Every file below root but the metadata, by relative path."""
    return {
        path.relative_to(root).as_posix(): path.read_bytes()
        for path in sorted(root.rglob("*"))
        if path.is_file() and path.relative_to(root).parts[0] != ".cache"
    }
