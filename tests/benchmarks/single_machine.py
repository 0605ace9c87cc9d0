"""One machine without a cap: `hfdl get` beside `hf download` and `aria2c`, in the same run.

    uv run python -m tests.benchmarks.single_machine [--rounds 3]

Prints medians and the ratio to each peer (above 1: hfdl is faster), hfdl's CPU seconds per GB and
its peak memory. The peers verify nothing; hfdl hashes every byte.
"""

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from hfdl_tui.demo.hub import GeneratedContent, PretendHub
from hfdl_tui.demo.hub.content import Source
from tests.redis_servers import valkey_server

MIB = 1 << 20
BIN = Path(sys.executable).parent
SHAPES: Mapping[str, Mapping[str, Source]] = {
    "1 file of 2 GiB": {"big.bin": GeneratedContent(2048 * MIB, "big")},
    "24 files of 32 MiB": {f"{n:03}.bin": GeneratedContent(32 * MIB, str(n)) for n in range(24)},
    "400 files of 4 KB": {f"{n:03}.txt": os.urandom(4000) for n in range(400)},
}


class Run(NamedTuple):
    seconds: float
    cpu_seconds: float
    peak_bytes: int


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    rounds = parser.parse_args().rounds
    print(f"{'shape':<20}{'hfdl':>8}{'hf':>8}{'aria2c':>8}  hf/hfdl aria2c/hfdl  CPU-s/GB   peak")
    with (
        tempfile.TemporaryDirectory() as scratch,
        valkey_server(Path(scratch) / "redis") as redis,
        PretendHub() as hub,
    ):
        for number, (shape, files) in enumerate(SHAPES.items()):
            repo = f"acme/shape{number}"
            hub.add_repo(repo, files)
            race = Race(hub, repo, list(files), Path(scratch), redis.url)
            runs: dict[str, list[Run]] = {"hfdl": [], "hf": [], "aria2c": []}
            for attempt in range(rounds):
                for name, run in race.round(attempt).items():
                    runs[name].append(run)
            _tell(shape, sum(_size(source) for source in files.values()), runs)


class Race:
    """One repo, fetched by each program after the other."""

    def __init__(
        self, hub: PretendHub, repo: str, names: list[str], scratch: Path, redis_url: str
    ) -> None:
        self._hub = hub
        self._repo = repo
        self._names = names
        self._where = scratch / "out"
        self._environment = os.environ | {
            "HOME": str(scratch),
            "HF_ENDPOINT": hub.endpoint,
            "HFDL_REDIS_URL": redis_url,
            "HF_HUB_DISABLE_XET": "1",
            "HF_HUB_DISABLE_UPDATE_CHECK": "1",
            "HF_HUB_DISABLE_TELEMETRY": "1",
        }

    def round(self, attempt: int) -> dict[str, Run]:
        # Another destination each time: the same job again would only verify.
        mine = str(self._where / str(attempt))
        results = {
            "hfdl": self._run(str(BIN / "hfdl"), "get", self._repo, "-o", mine),
            "hf": self._run(
                *(str(BIN / "hf"), "download", self._repo, "--repo-type", "dataset"),
                *("--local-dir", str(self._where)),
            ),
        }
        if program := shutil.which("aria2c"):
            results["aria2c"] = self._aria2c(program)
        return results

    def _aria2c(self, program: str) -> Run:
        listing = self._where.with_suffix(".urls")
        address = f"{self._hub.endpoint}/datasets/{self._repo}/resolve/main"
        listing.write_text("".join(f"{address}/{name}\n out={name}\n" for name in self._names))
        return self._run(
            program, "-q", "-j", "8", "-x", "4", "-d", str(self._where), "-i", str(listing)
        )

    def _run(self, *command: str) -> Run:
        run = _measured(command, self._environment)
        shutil.rmtree(self._where)
        return run


def _size(source: Source) -> int:
    return (
        source.size
        if isinstance(source, GeneratedContent)
        else len(source)
        if isinstance(source, bytes)
        else 0
    )


def _measured(command: Sequence[str], environment: dict[str, str]) -> Run:
    began = time.monotonic()
    with subprocess.Popen(
        command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
    ) as process:
        assert process.stderr is not None
        peak = 0
        os.set_blocking(process.stderr.fileno(), False)
        while True:
            peak = max(peak, _peak_bytes(process.pid))
            # WNOWAIT leaves the exit status and the usage to be read by wait4.
            if os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT):
                break
            time.sleep(0.01)
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        complaint = process.stderr.read() or b""
    assert process.returncode == 0, (command, complaint.decode()[-2000:])
    return Run(time.monotonic() - began, usage.ru_utime + usage.ru_stime, peak)


def _peak_bytes(pid: int) -> int:
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except (FileNotFoundError, ProcessLookupError):
        return 0
    return sum(int(line.split()[1]) * 1024 for line in lines if line.startswith("VmHWM"))


def _tell(shape: str, size: int, runs: Mapping[str, list[Run]]) -> None:
    median = {
        name: statistics.median(run.seconds for run in of) if of else 0.0
        for name, of in runs.items()
    }
    mine = runs["hfdl"]
    cpu = statistics.median(run.cpu_seconds for run in mine)
    print(
        f"{shape:<20}{median['hfdl']:>7.2f}s{median['hf']:>7.2f}s{median['aria2c']:>7.2f}s"
        f"{median['hf'] / median['hfdl']:>9.2f}{median['aria2c'] / median['hfdl']:>12.2f}"
        f"{cpu / (size / 1e9):>10.2f}{max(run.peak_bytes for run in mine) / MIB:>6.0f} MiB"
    )


if __name__ == "__main__":
    main()
