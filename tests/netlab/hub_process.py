"""The pretend Hub as a process on a machine of its own, asked and steered over HTTP."""

import json
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import requests

from tests.netlab.namespace import Namespace

_START_SECONDS = 120.0  # it hashes all that it serves


class Runs(Protocol):
    """The machine as this module needs it."""

    @property
    def namespace(self) -> Namespace: ...
    @property
    def log(self) -> Path: ...
    def start(self, *words: str) -> "subprocess.Popen[bytes]": ...


@dataclass(frozen=True)
class Sent:
    """What the Hub answered in a span of time."""

    requests: int
    to_the_site: int  # of these, to the Hub's own host: listings, resolves, small files
    refused: int  # of these, with 429
    file_bytes: int  # of bodies


class HubProcess:
    """Serves from `start` on; its admin interface is reached from its own machine."""

    def __init__(self, machine: Runs, options: Sequence[str]) -> None:
        self._machine = machine
        self._process = machine.start(
            sys.executable, "-m", "hfdl_tui.demo.hub", "--admin", *options
        )
        ready = self._wait_until_ready()
        self.endpoint: str = ready["endpoint"]
        self.cdn: str = ready["cdn"]

    def sent_since(self, moment: float, client: str | None = None) -> Sent:
        """Of the requests that came after `moment` (Unix time), from one address or from all."""
        with self._asking() as session:
            answer = session.get(f"{self.endpoint}/_pretend/requests", timeout=60)
        records = [
            record
            for record in answer.json()
            if record["time"] >= moment and client in {None, record["client"]}
        ]
        files = [record for record in records if record["role"] in {"cdn", "resolve-cache"}]
        return Sent(
            requests=len(records),
            to_the_site=sum(record["role"] != "cdn" for record in records),
            refused=sum(record["status"] == 429 for record in records),
            file_bytes=sum(record["bytes_sent"] for record in files),
        )

    @contextmanager
    def answering_after(self, seconds: float) -> Iterator[None]:
        """Every answer waits so long before it begins."""
        rules = f"{self.endpoint}/_pretend/faults"
        rule = {"action": {"kind": "delay", "seconds": seconds}}
        with self._asking() as session:
            number = session.post(rules, json=rule, timeout=10).json()["id"]
        try:
            yield
        finally:
            with self._asking() as session:
                session.delete(f"{rules}/{number}", timeout=10)

    def bytes_on_the_wire(self) -> int:
        """All that left the Hub's machine, with headers; cheap enough to be asked often."""
        return self._machine.namespace.traffic().sent

    @contextmanager
    def _asking(self) -> "Iterator[requests.Session]":
        with requests.Session() as session, self._machine.namespace.entered():
            session.trust_env = False
            yield session

    def _wait_until_ready(self) -> dict[str, Any]:
        deadline = time.monotonic() + _START_SECONDS
        while self._process.poll() is None and time.monotonic() < deadline:
            for line in self._machine.log.read_text().splitlines():
                if line.startswith('{"endpoint"'):
                    ready: dict[str, Any] = json.loads(line)
                    return ready
            time.sleep(0.05)
        raise AssertionError(f"the pretend Hub does not start: {self._machine.log.read_text()}")
