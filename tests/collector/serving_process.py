"""A block server in a process of its own, which can be stopped, killed and measured."""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[2]
_SERVE: Final = """
import sys
from tests.collector.memory_handover import MemoryHandover, a_server
with a_server(MemoryHandover(), int(sys.argv[1])) as server:
    print(server.port, flush=True)
    sys.stdin.read()
"""


@dataclass
class ServingProcess:
    pid: int
    port: int

    def resident_mebibytes(self, what: str) -> float:
        found = re.search(rf"{what}:\s+(\d+) kB", Path(f"/proc/{self.pid}/status").read_text())
        assert found is not None
        return int(found[1]) / 1024

    def suspend(self) -> None:
        os.kill(self.pid, signal.SIGSTOP)

    def kill(self) -> None:
        os.kill(self.pid, signal.SIGKILL)


@contextmanager
def serving_process(port: int = 0) -> Iterator[ServingProcess]:
    pipe = subprocess.PIPE
    command = [sys.executable, "-c", _SERVE, str(port)]
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True, cwd=ROOT) as process:
        assert process.stdout is not None
        assert process.stdin is not None
        yield ServingProcess(process.pid, int(process.stdout.readline()))
        process.stdin.close()
