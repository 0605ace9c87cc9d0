"""The one directory that a demo lives in, and the environment that keeps all of hfdl inside it."""

import contextlib
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from hfdl_tui.demo.sweep import sweep

# A unix socket's path is short, and the server's lies some 46 letters below the directory.
_LONGEST_PARENT: Final = 35
_SWEEP_SECONDS: Final = 30.0

# Whatever of these the user has set means the real Hub, the real fleet and the real way there.
_FOREIGN: Final = ("HFDL_", "HF_", "HUGGING_FACE_", "HUGGINGFACE_", "TRANSFORMERS_")
_CA_FILES: Final = frozenset({"SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"})


@dataclass(frozen=True, slots=True)
class Place:
    """Everything of one demo lies under `root`."""

    root: Path

    @property
    def work(self) -> Path:
        """The working directory of all its processes."""
        return self.root / "work"

    @property
    def destination(self) -> Path:
        return self.root / "files"

    @property
    def repo(self) -> Path:
        """The small files of the repo that the pretend Hub serves."""
        return self.root / "repo"

    def log(self, name: str) -> Path:
        """What a process of this name prints."""
        return self.root / "logs" / f"{name}.log"

    def environment(self, environ: Mapping[str, str]) -> dict[str, str]:
        """`environ` with every way out of the directory closed."""
        kept = {name: value for name, value in environ.items() if not _leads_out(name)}
        if "PYTHONPATH" in kept:  # the working directory changes
            paths = kept["PYTHONPATH"].split(os.pathsep)
            kept["PYTHONPATH"] = os.pathsep.join(str(Path(path).absolute()) for path in paths)
        homes = {f"XDG_{name.upper()}_HOME": name for name in ("data", "state", "cache", "config")}
        inside = {**homes, "XDG_RUNTIME_DIR": "run", "HF_HOME": "hub", "TMPDIR": "tmp"}
        return {
            **kept,
            **{name: str(self.root / folder) for name, folder in inside.items()},
            "NO_PROXY": "127.0.0.1,127.0.0.2,localhost",  # the system's proxies count elsewhere
            "HF_HUB_DISABLE_XET": "1",
            "HF_HUB_DISABLE_TELEMETRY": "1",
            "HF_HUB_DISABLE_UPDATE_CHECK": "1",
        }

    def furnish(self) -> None:
        """Make the directories."""
        for folder in (self.work, self.repo, self.log("any").parent):
            folder.mkdir()
        for name in ("data", "state", "cache", "config", "run", "hub", "tmp"):
            (self.root / name).mkdir(mode=0o700)


@contextlib.contextmanager
def place_of_a_demo() -> Iterator[Place]:
    """A new directory; when the block ends, in whatever way, so do its processes, and it is gone.

    A process of its own sees to that: it hears when this one ends, even by `kill -9`.
    """
    place = Place(Path(tempfile.mkdtemp(prefix="hfdl-demo-", dir=_parent())))
    watchdog = subprocess.Popen(
        [sys.executable, "-P", "-m", "hfdl_tui.demo.watchdog", place.root],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,  # what ends this terminal and its processes must not end it
    )
    try:
        place.furnish()
        yield place
    finally:
        assert watchdog.stdin is not None  # noqa: S101 - asked for above
        watchdog.stdin.close()
        if watchdog.wait(_SWEEP_SECONDS):
            sweep(place.root)


@contextlib.contextmanager
def inside(place: Place) -> Iterator[None]:
    """This process uses the place's environment and working directory for the block."""
    before, directory = dict(os.environ), Path.cwd()
    _put_on(place.environment(before))
    os.chdir(place.work)
    try:
        yield
    finally:
        os.chdir(directory)
        _put_on(before)


def _put_on(environ: Mapping[str, str]) -> None:
    for name in os.environ.keys() - environ.keys():
        del os.environ[name]
    os.environ.update(environ)


def _parent() -> str:
    usual = tempfile.gettempdir()
    return usual if len(os.fsencode(usual)) <= _LONGEST_PARENT else "/tmp"  # noqa: S108 - mkdtemp makes it safe


def _leads_out(name: str) -> bool:
    return name.startswith(_FOREIGN) or name.lower().endswith("_proxy") or name in _CA_FILES
