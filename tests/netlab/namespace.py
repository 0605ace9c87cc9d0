"""One network namespace: made, entered, and taken away with everything that runs in it."""

import contextlib
import ctypes
import os
import signal
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

SYSTEM_PATH = f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin:/usr/bin:/bin"
MOUNTED = Path("/run/netns")
_CLONE_NEWNET = 0x40000000
_LAST_SECONDS = 10.0


class Namespace:
    """A network of its own under a name; `host_name` is what programs in it are told."""

    def __init__(self, name: str, host_name: str) -> None:
        self.name = name
        self.host_name = host_name
        system("ip", "netns", "add", name)
        self.configure("ip", "link", "set", "lo", "up")

    def command(self, *words: str) -> list[str]:
        """The words of a command that runs in here; its process id is the command's own."""
        named = ("unshare", "--uts", "sh", "-c", 'hostname "$0" && exec "$@"', self.host_name)
        return ["ip", "netns", "exec", self.name, *named, *words]

    def run(
        self, *words: str, seconds: float = 60.0, **options: Any
    ) -> subprocess.CompletedProcess[str]:
        """Run to the end; a failure is the caller's to judge."""
        return subprocess.run(
            self.command(*words),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=seconds,
            check=False,
            **options,
        )

    def start(
        self, *words: str, environment: Mapping[str, str], log: Path, cwd: Path
    ) -> "subprocess.Popen[bytes]":
        """Run beside us, with everything it says in `log`; it goes with the namespace at last."""
        with log.open("ab") as output:
            return subprocess.Popen(
                self.command(*words),
                env=dict(environment),
                cwd=cwd,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,  # ^C is for us; we end the others in order
            )

    def configure(self, *words: str) -> str:
        """Run `ip`, `tc` or the like in here; a failure ends the test with what it said."""
        return system("ip", "netns", "exec", self.name, *words)

    @contextmanager
    def entered(self) -> Iterator[None]:
        """This thread's new sockets and child processes belong to the namespace meanwhile."""
        with Path("/proc/thread-self/ns/net").open("rb") as ours:
            with (MOUNTED / self.name).open("rb") as theirs:
                _switch(theirs.fileno())
            try:
                yield
            finally:
                _switch(ours.fileno())

    def traffic(self, device: str = "eth0") -> "Traffic":
        """How many bytes have gone through a device, with their headers."""
        with self.entered():
            lines = Path("/proc/thread-self/net/dev").read_text().splitlines()
        [line] = [line for line in lines if line.strip().startswith(f"{device}:")]
        counters = line.partition(":")[2].split()
        return Traffic(received=int(counters[0]), sent=int(counters[8]))

    def remove(self) -> None:
        remove_namespace(self.name)


class Traffic(NamedTuple):
    received: int
    sent: int


def remove_namespace(name: str) -> None:
    """Kill what runs in a namespace, then delete it with its interfaces."""
    deadline = time.monotonic() + _LAST_SECONDS
    while pids := system("ip", "netns", "pids", name).split():
        for pid in pids:
            with contextlib.suppress(ProcessLookupError):
                os.kill(int(pid), signal.SIGKILL)
        assert time.monotonic() < deadline, f"processes {pids} of {name} do not end"
        time.sleep(0.01)
    system("ip", "netns", "del", name)


def system(*words: str) -> str:
    finished = subprocess.run(
        words, env={"PATH": SYSTEM_PATH}, capture_output=True, text=True, check=False
    )
    assert finished.returncode == 0, f"{' '.join(words)}: {finished.stderr.strip()}"
    return finished.stdout


def _switch(namespace: int) -> None:
    # `os.setns` came with Python 3.12.
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.setns(namespace, _CLONE_NEWNET):
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
