"""What others get through one capped host: hf and aria2c are the baselines."""

import shutil
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tests.benchmarks.fleet_rows import MB
from tests.benchmarks.fleet_run import Repo
from tests.benchmarks.fleet_shapes import digests
from tests.netlab import Host, HubProcess
from tests.netlab.plain_transfer import file_address

_BIN: Final = Path(sys.executable).parent


@dataclass(frozen=True)
class PeerRun:
    name: str
    seconds: float
    nbytes: int
    fetched_again: int
    requests_to_site: int

    @property
    def rate(self) -> float:
        return self.nbytes / self.seconds


def hf_download(host: Host, hub: HubProcess, repo: Repo, into: Path) -> "Running":
    words = ("download", repo.name, "--repo-type", "dataset", "--local-dir", str(into))
    return Running("hf download", host, hub, repo, into, (str(_BIN / "hf"), *words))


def aria2c(host: Host, hub: HubProcess, repo: Repo, into: Path) -> "Running | None":
    """None when it is not installed."""
    program = shutil.which("aria2c")
    if program is None:
        return None
    listing = host.base / "addresses"
    files = [path.relative_to(repo.folder).as_posix() for path in _files(repo.folder)]
    listing.write_text(
        "".join(f"{file_address(hub, repo.name, path)}\n out={path}\n" for path in files)
    )
    words = ("-q", "-j", "8", "-x", "4", "-s", "4", "-d", str(into), "-i", str(listing))
    return Running("aria2c", host, hub, repo, into, (program, *words))


class Running:
    """A peer at work on one host."""

    def __init__(
        self, name: str, host: Host, hub: HubProcess, repo: Repo, into: Path, words: Sequence[str]
    ) -> None:
        host.plug_in()
        host.hub_link.change(MB)
        self._name = name
        self._host = host
        self._hub = hub
        self._repo = repo
        self._into = into
        self._begun = time.time()
        self._process = host.start(*words, HF_ENDPOINT=hub.endpoint)

    def finished(self) -> PeerRun:
        """Wait for it; AssertionError when what it brought is not the repo."""
        code = self._process.wait()
        seconds = time.time() - self._begun
        assert code == 0, f"{self._name} ended with {code}: {self._host.log.read_text()[-1500:]}"
        assert digests(self._into) == digests(self._repo.folder), f"{self._name}: other bytes"
        shutil.rmtree(self._into)
        sent = self._hub.sent_since(self._begun, self._host.address)
        again = sent.file_bytes - self._repo.nbytes
        return PeerRun(self._name, seconds, self._repo.nbytes, again, sent.to_the_site)


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())
