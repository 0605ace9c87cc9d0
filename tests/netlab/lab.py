"""The laboratory: a switch, the Hub's machine, the master's, and hosts with slow ways to the Hub.

Everything lives in namespaces of its own, the switch too: nothing here can reach another network.
"""

import os
import shutil
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from subprocess import CompletedProcess, Popen
from typing import Final, Self, TypeAlias

from tests.netlab.hub_process import HubProcess
from tests.netlab.leftovers import DIRECTORIES, namespaces, new_prefix, remove_leftovers
from tests.netlab.namespace import SYSTEM_PATH, Namespace, remove_namespace
from tests.netlab.shaping import SlowBothWays, SlowLink

MEGABIT: Final = 125_000  # bytes
HUB_ADDRESS: Final = "10.77.0.2"
CDN_ADDRESS: Final = "10.77.0.3"
_HUB_NETWORK: Final = "10.77.0.2/31"  # both, and nobody else
_MASTER_ADDRESS: Final = "10.77.0.10"
_FIRST_HOST: Final = 101
_PLUG_SECONDS: Final = 10.0
_ROOT: Final = Path(__file__).parents[2]
_Plugged: TypeAlias = "tuple[str, str, Namespace, Namespace, Path, list[Popen[bytes]]]"


@dataclass(frozen=True)
class Machine:
    """A namespace with an address, a home of its own, and a cable to the switch."""

    name: str
    address: str
    namespace: Namespace
    switch: Namespace
    base: Path
    started: "list[Popen[bytes]]"

    @property
    def cable(self) -> str:
        """The switch's end of it."""
        return f"to-{self.name}"

    @property
    def work(self) -> Path:
        return self.base / "work"

    @property
    def log(self) -> Path:
        return self.base / "log"

    def environment(self, extra: Mapping[str, str]) -> dict[str, str]:
        return {
            "PATH": SYSTEM_PATH,
            "LANG": os.environ.get("LANG", "C.UTF-8"),
            "HOME": str(self.base / "home"),
            "XDG_RUNTIME_DIR": str(self.base / "run"),
            "PYTHONUNBUFFERED": "1",
            "PYTHONPATH": str(_ROOT),
            "HF_HUB_DISABLE_XET": "1",
            "HF_HUB_DISABLE_UPDATE_CHECK": "1",
            "HF_HUB_DISABLE_TELEMETRY": "1",
            **extra,
        }

    def run(self, *words: str, seconds: float = 60.0, **extra: str) -> CompletedProcess[str]:
        """A command on this machine, to its end; `extra` are environment variables."""
        return self.namespace.run(
            *words, seconds=seconds, env=self.environment(extra), cwd=self.work
        )

    def start(self, *words: str, **extra: str) -> "Popen[bytes]":
        """A command beside us; what it says is in `log`."""
        process = self.namespace.start(
            *words, environment=self.environment(extra), log=self.log, cwd=self.work
        )
        self.started.append(process)
        return process

    def cut_off(self) -> None:
        """Pull the cable: no byte in or out, and nobody is told."""
        self.switch.configure("ip", "link", "set", self.cable, "down")

    def plug_in(self) -> None:
        """Both ends have seen the cable when this returns."""
        self.switch.configure("ip", "link", "set", self.cable, "up")
        deadline = time.monotonic() + _PLUG_SECONDS
        while not (_is_up(self.switch, self.cable) and _is_up(self.namespace, "eth0")):
            assert time.monotonic() < deadline, f"the cable of {self.name} does not come up"
            time.sleep(0.02)
        # A question "who has this address?" asked in vain just before would be waited for.
        self.namespace.configure("ip", "neighbour", "flush", "dev", "eth0")


@dataclass(frozen=True)
class Host(Machine):
    """A machine whose way to the Hub is slow; to the other machines it is fast."""

    hub_link: SlowBothWays


def _is_up(namespace: Namespace, device: str) -> bool:
    return "state UP" in namespace.configure("ip", "-o", "link", "show", device)


class NetworkLab:
    """Made by `with`; at its end nothing is left of it."""

    def __init__(self, hosts: int, hub_rate: float) -> None:
        self._prefix = new_prefix()
        self._wanted = hosts
        self._rate = hub_rate
        self._started: list[Popen[bytes]] = []
        self.base = DIRECTORIES / self._prefix.rstrip("-")
        self.hosts: list[Host] = []

    def __enter__(self) -> Self:
        remove_leftovers()
        self.base.mkdir(mode=0o700)
        try:
            self._make()
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def prefix(self) -> str:
        """What the names of all its namespaces begin with."""
        return self._prefix

    def start_hub(self, *repos: str, options: tuple[str, ...] = ()) -> HubProcess:
        """Serve `[KIND:]NAME=FOLDER` from the Hub's machine; it ends with the laboratory."""
        folders = [word for repo in repos for word in ("--folder", repo)]
        addresses = ("--host", HUB_ADDRESS, "--cdn-host", CDN_ADDRESS)
        return HubProcess(self.hub, [*addresses, *folders, *options])

    def close(self) -> None:
        # Ours first: one that has only just begun may not yet be seen in its namespace.
        for process in self._started:
            process.kill()
            process.wait()
        for name in namespaces(self._prefix):
            remove_namespace(name)
        if self.base.exists():
            shutil.rmtree(self.base)

    def _make(self) -> None:
        self.switch = self._namespace("switch")
        self.switch.configure("ip", "link", "add", "bridge", "type", "bridge")
        self.switch.configure("ip", "link", "set", "bridge", "up")
        self.hub = Machine(*self._plugged("hub", HUB_ADDRESS))
        self._prepare_hub()
        self.master = Machine(*self._plugged("master", _MASTER_ADDRESS))
        for number in range(self._wanted):
            self.hosts.append(self._host(f"host{number + 1}", f"10.77.0.{_FIRST_HOST + number}"))

    def _prepare_hub(self) -> None:
        inside = self.hub.namespace
        inside.configure("ip", "address", "add", f"{CDN_ADDRESS}/24", "dev", "eth0")
        # Packets as a real line carries them: 64 KB at once would fill a slow link's queue.
        inside.configure("ip", "link", "set", "eth0", "gso_max_segs", "2")
        # A server far away has not megabytes in its socket for a client at 1 MB/s; what it has
        # there when a client hangs up would count as sent.
        # Reno fills the queue as most senders do, and every kernel has it and lets us choose it.
        for setting in ("tcp_wmem=4096 32768 131072", "tcp_congestion_control=reno"):
            inside.configure("sysctl", "-q", "-w", f"net.ipv4.{setting}")

    def _host(self, name: str, address: str) -> Host:
        plugged = self._plugged(name, address)
        cable, inside = f"to-{name}", plugged[2]
        link = SlowBothWays(
            down=SlowLink(self.switch, cable, ("src", _HUB_NETWORK), self._rate),
            up=SlowLink(inside, "eth0", ("dst", _HUB_NETWORK), self._rate),
        )
        link.make()
        return Host(*plugged, link)

    def _plugged(self, name: str, address: str) -> _Plugged:
        inside = self._namespace(name)
        cable = f"to-{name}"
        peer = ("peer", "name", "eth0", "netns", inside.name)
        self.switch.configure("ip", "link", "add", cable, "type", "veth", *peer)
        self.switch.configure("ip", "link", "set", cable, "master", "bridge", "up")
        inside.configure("ip", "address", "add", f"{address}/24", "dev", "eth0")
        inside.configure("ip", "link", "set", "eth0", "up")
        base = self.base / name
        for part in ("home", "work", "run"):
            (base / part).mkdir(mode=0o700, parents=True)
        return name, address, inside, self.switch, base, self._started

    def _namespace(self, name: str) -> Namespace:
        return Namespace(self._prefix + name, name)
