"""A demo as a process, and what is left of it."""

import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).parents[2]
_PLACE = re.compile(r"a demo in (\S+):")


def place_named_in(output: str) -> Path:
    found = _PLACE.search(output)
    assert found is not None, output
    return Path(found[1])


@dataclass
class Demo:
    """`hfdl demo --no-screen` with its lines; `home` is the user's."""

    process: "subprocess.Popen[str]"
    home: Path
    lines: list[str] = field(default_factory=list)

    @classmethod
    def start(cls, home: Path, *options: str) -> "Demo":
        process = subprocess.Popen(
            [sys.executable, "-m", "hfdl_tui", "demo", "--no-screen", *options],
            env=environment_of_a_user(home),
            cwd=home,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        demo = cls(process, home)
        threading.Thread(target=demo._read, daemon=True).start()
        return demo

    @property
    def place(self) -> Path:
        return place_named_in(self.output)

    @property
    def output(self) -> str:
        return "".join(self.lines)

    def wait_for(self, text: str, seconds: float = 30) -> None:
        ended = wait_until(lambda: text in self.output or self.process.poll() is not None, seconds)
        assert ended, f"no {text!r} in {seconds} s: {self.output}"
        assert text in self.output, self.output

    def wait(self, seconds: float = 90) -> int:
        code = self.process.wait(seconds)
        # The pipe may outlive the process only if a child of it holds the other end.
        assert wait_until(lambda: bool(self.lines) and self.lines[-1] == "", 10), "output is held"
        return code

    def kill(self) -> None:
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGKILL)
            self.process.wait()

    def _read(self) -> None:
        assert self.process.stdout is not None
        with self.process.stdout as stream:
            self.lines.extend(stream)
        self.lines.append("")


def wait_until(happened: Callable[[], bool], seconds: float) -> bool:
    give_up_at = time.monotonic() + seconds
    while not happened():
        if time.monotonic() > give_up_at:
            return False
        time.sleep(0.02)
    return True


def traces_of(place: Path) -> list[str]:
    """Everything that still knows the directory: processes by any of their facts, and files."""
    found = [str(place)] if place.exists() else []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            facts = [
                (folder / "cmdline").read_bytes(),
                (folder / "environ").read_bytes(),
                os.fsencode((folder / "cwd").readlink()),
            ]
        except OSError:
            continue  # gone, or somebody else's
        if os.fsencode(place) in b"".join(facts):
            found.append(f"{folder.name}: {os.fsdecode(facts[0])}")
    return found


def environment_of_a_user(home: Path) -> dict[str, str]:
    """One who has set up everything that a demo must not use."""
    nowhere = "http://127.0.0.1:1"
    return {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(ROOT),
        "HOME": str(home),
        "HFDL_REDIS_URL": "redis://127.0.0.1:1",
        "HFDL_LIMIT_RATE": "1",
        "HF_TOKEN": "hf_of_the_user",
        "HF_ENDPOINT": nowhere,
        "HF_HUB_OFFLINE": "1",
        "HTTP_PROXY": nowhere,
        "http_proxy": nowhere,
        "ALL_PROXY": nowhere,
        "SSL_CERT_FILE": "/nowhere/ca.pem",
    }
