"""A repo of a million files through `hfdl master`: seconds to publish, memory of master and Redis.

uv run python -m tests.benchmarks.million_files [--files 1000000] [--single]
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from hfdl_tui.demo.hub import HubOptions, PretendHub
from tests.redis_servers import valkey_server

MIB = 1 << 20


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--files", type=int, default=1_000_000)
    files = parser.parse_args().files
    with tempfile.TemporaryDirectory() as scratch, valkey_server(Path(scratch) / "redis") as redis:
        with PretendHub(HubOptions()) as hub:
            began = time.monotonic()
            hub.add_repo("acme/million", {_path(number): b"%d" % number for number in range(files)})
            print(f"pretend repo of {files:,} files built in {time.monotonic() - began:.0f} s")
            listing, _ = _run(scratch, hub.endpoint, redis.url, "--dry-run")
            before = redis.client.info("memory")["used_memory"]
            whole, peak = _run(scratch, hub.endpoint, redis.url)
        used = redis.client.info("memory")["used_memory"] - before
        print(f"listing alone           {listing:8.1f} s")
        print(
            f"listing and publishing  {whole:8.1f} s -> publishing {whole - listing:.1f} s (bar 60)"
        )
        print(f"master's peak memory    {peak / MIB:8.0f} MiB (bar 200 MB)")
        print(f"Redis memory            {used / files:8.1f} B a file (bar 80 batched)")
        began = time.monotonic()
        status = subprocess.run(
            [sys.executable, "-m", "hfdl_tui", "status", "--json"],
            env=_environment(scratch, hub.endpoint, redis.url),
            capture_output=True,
            check=True,
        )
        [job] = json.loads(status.stdout)
        print(f"hfdl status             {time.monotonic() - began:8.2f} s (bar 0.6)")
        assert job["files_total"] == files, job


def _path(number: int) -> str:
    return f"data/part-{number // 1000:04}/record-{number:07}.json"


def _environment(scratch: str, endpoint: str, redis_url: str) -> dict[str, str]:
    return os.environ | {"HOME": scratch, "HF_ENDPOINT": endpoint, "HFDL_REDIS_URL": redis_url}


def _run(scratch: str, endpoint: str, redis_url: str, *options: str) -> tuple[float, int]:
    """Seconds, and the peak of the process' memory in bytes."""
    began = time.monotonic()
    # Not getrusage: it counts what this process itself held when it forked.
    peak = 0
    with subprocess.Popen(
        [sys.executable, "-m", "hfdl_tui", "master", "acme/million", *options],
        env=_environment(scratch, endpoint, redis_url),
        cwd=scratch,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as process:
        while process.poll() is None:
            peak = max(peak, _peak_bytes(process.pid))
            time.sleep(0.05)
    assert process.returncode == 0, process.returncode
    return time.monotonic() - began, peak


def _peak_bytes(pid: int) -> int:
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except FileNotFoundError:
        return 0
    return sum(int(line.split()[1]) * 1024 for line in lines if line.startswith("VmHWM"))


if __name__ == "__main__":
    main()
