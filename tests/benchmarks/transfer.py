"""How fast bytes come over loopback, beside `hf download`, curl and requests in the same run.

    python tests/benchmarks/transfer.py [--rounds 3]

Every way is a fresh process that writes the files to disk; hfdl hashes them as well, the others do
not. The fastest round counts: the machine is shared. The pretend Hub is a process of its own.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import requests

KIB, MIB, GIB = 1 << 10, 1 << 20, 1 << 30
REPO = "acme/bench"


@dataclass(frozen=True)
class Load:
    """So many files of one size."""

    name: str
    count: int
    size: int

    @property
    def paths(self) -> list[str]:
        return [f"{self.name}/{number:04d}.bin" for number in range(self.count)]


LOADS = (
    Load("200-of-4-KiB", 200, 4 * KIB),
    Load("1-of-1-MiB", 1, MIB),
    Load("1-of-64-MiB", 1, 64 * MIB),
    Load("1-of-1-GiB", 1, GIB),
)

# A worker's path without queue and storage: ranges, two connections, digests, plain files.
HFDL = """
import hashlib, json, sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from hfdl_core.models import ByteRange, RepoFile, RepoType
from hfdl_core.transfer import Cancel, FileSource, HttpDownloader, Route

asked = json.loads(sys.stdin.read())
downloader = HttpDownloader(Route("hfdl/benchmark"), None)

def bring(listed):
    file = RepoFile(*listed)
    source = FileSource(asked["endpoint"], RepoType.DATASET, asked["repo"], asked["commit"], file)
    target = Path(asked["target"], file.path)
    target.parent.mkdir(parents=True, exist_ok=True)
    digest = hashlib.sha256()
    with target.open("wb", buffering=0) as output:
        def sink(piece):
            output.write(piece)
            digest.update(piece)
        downloader.fetch(source, ByteRange(0, file.size), sink, Cancel())
    assert digest.hexdigest() == file.digest, file.path

with ThreadPoolExecutor(2) as pool:
    list(pool.map(bring, asked["files"]))
"""

REQUESTS = """
import json, sys
from pathlib import Path
import requests

asked = json.loads(sys.stdin.read())
with requests.Session() as session:
    for path, url in asked["urls"]:
        target = Path(asked["target"], path)
        target.parent.mkdir(parents=True, exist_ok=True)
        with session.get(url, stream=True) as answer, target.open("wb") as output:
            answer.raise_for_status()
            for piece in answer.iter_content(1 << 20):
                output.write(piece)
"""


@dataclass(frozen=True)
class Listed:
    """What one load is at the Hub."""

    endpoint: str
    commit: str
    files: list[tuple[str, int, str]]

    def asked(self, target: Path) -> str:
        base = f"{self.endpoint}/datasets/{REPO}/resolve/{self.commit}"
        return json.dumps(
            {
                "endpoint": self.endpoint,
                "repo": REPO,
                "commit": self.commit,
                "files": self.files,
                "urls": [(path, f"{base}/{path}") for path, _, _ in self.files],
                "target": str(target),
            }
        )


@dataclass(frozen=True)
class Cost:
    wall_seconds: float
    cpu_seconds: float


Way = Callable[[Listed, Load, Path], Cost]


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    rounds = parser.parse_args(arguments).rounds
    with pretend_hub() as endpoint:
        for load in LOADS:
            listed = list_load(endpoint, load)
            ways = {"hfdl": hfdl, "hf download": hf_download, "curl": curl, "requests": plain}
            best = {name: best_of(way, listed, load, rounds) for name, way in ways.items()}
            show(load, best)


def show(load: Load, best: dict[str, Cost]) -> None:
    print(f"\n{load.name.replace('-', ' ')}")
    print(f"  {'way':<12} {'seconds':>8} {'MB/s':>8} {'CPU s':>7} {'times hfdl':>11}")
    ours = best["hfdl"].wall_seconds
    for name, cost in best.items():
        rate = load.count * load.size / cost.wall_seconds / 1e6
        ratio = cost.wall_seconds / ours
        print(
            f"  {name:<12} {cost.wall_seconds:>8.2f} {rate:>8.0f} {cost.cpu_seconds:>7.2f} "
            f"{ratio:>11.2f}"
        )


def best_of(way: Way, listed: Listed, load: Load, rounds: int) -> Cost:
    costs = []
    for _ in range(rounds):
        with tempfile.TemporaryDirectory() as directory:
            costs.append(way(listed, load, Path(directory)))
            brought = [path for path in Path(directory).rglob("*.bin") if path.is_file()]
            assert len(brought) == load.count
            assert all(path.stat().st_size == load.size for path in brought)
    return min(costs, key=lambda cost: cost.wall_seconds)


def hfdl(listed: Listed, _load: Load, target: Path) -> Cost:
    return timed([sys.executable, "-P", "-c", HFDL], listed.asked(target))


def plain(listed: Listed, _load: Load, target: Path) -> Cost:
    return timed([sys.executable, "-P", "-c", REQUESTS], listed.asked(target))


def hf_download(listed: Listed, load: Load, target: Path) -> Cost:
    command = [str(Path(sys.executable).with_name("hf")), "download", REPO]
    options = ["--repo-type", "dataset", "--revision", listed.commit, "--include", f"{load.name}/*"]
    environment = {
        "HF_ENDPOINT": listed.endpoint,
        "HF_HOME": str(target / "home"),
        "HF_HUB_DISABLE_UPDATE_CHECK": "1",
        "HF_HUB_DISABLE_PROGRESS_BARS": "1",
    }
    return timed([*command, *options, "--local-dir", str(target / "files")], "", environment)


def curl(listed: Listed, _load: Load, target: Path) -> Cost:
    urls = json.loads(listed.asked(target))["urls"]
    wanted = [f'url = "{url}"\noutput = "{target / path}"\n' for path, url in urls]
    return timed(
        ["curl", "--silent", "--fail", "--location", "--create-dirs", "--config", "-"],
        "".join(wanted),
    )


def timed(command: list[str], given: str, environment: dict[str, str] | None = None) -> Cost:
    """What the process and its children cost; its output is dropped."""
    begun, before = time.monotonic(), os.times()
    subprocess.run(
        command,
        input=given,
        text=True,
        check=True,
        stdout=subprocess.DEVNULL,
        env=os.environ | (environment or {}),
        timeout=300,
    )
    after = os.times()
    cpu = (
        after.children_user - before.children_user + after.children_system - before.children_system
    )
    return Cost(time.monotonic() - begun, cpu)


def list_load(endpoint: str, load: Load) -> Listed:
    api = f"{endpoint}/api/datasets/{REPO}"
    commit = requests.get(f"{api}/revision/main", timeout=60).json()["sha"]
    tree = requests.get(f"{api}/tree/{commit}/{load.name}?recursive=true", timeout=60).json()
    files = [(entry["path"], entry["size"], entry["lfs"]["oid"]) for entry in tree]
    assert len(files) == load.count
    return Listed(endpoint, commit, files)


@contextmanager
def pretend_hub() -> Iterator[str]:
    generated = [f"--generated={REPO}={path}:{load.size}" for load in LOADS for path in load.paths]
    command = [sys.executable, "-m", "hfdl_tui.demo.hub", *generated]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        try:
            yield json.loads(process.stdout.readline())["endpoint"]
        finally:
            process.terminate()


if __name__ == "__main__":
    main()
