"""A worker's handle on one process in which huggingface_hub fetches files."""

import os
import selectors
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import IO, Final

from hfdl_core.errors import ConnectionLost, FileUnreadable, TransferStalled
from hfdl_core.transfer.cancel import Cancel
from hfdl_core.transfer.hub_messages import Arrived, Failed, FileWanted, Received, read_report
from hfdl_core.transfer.line import Route

OnProgress = Callable[[int], None]

_PROXY_VARIABLES: Final = ("http_proxy", "https_proxy", "all_proxy", "no_proxy")
_END_SECONDS: Final = 5.0
_READ_BYTES: Final = 64 << 10


class HubProcess:
    """Started at once, used by one thread at a time; of no more use once left when not idle."""

    def __init__(self, route: Route, endpoint: str) -> None:
        self._stall_seconds = route.stall_seconds
        self.endpoint = endpoint
        self.is_idle = True
        self._process = subprocess.Popen(
            # -P: the working directory may hold downloaded files, which must not be imported.
            [sys.executable, "-P", "-m", "hfdl_core.transfer.hub_program"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=_environment(os.environ, route, endpoint),
            start_new_session=True,
            bufsize=0,
        )

    def fetch(self, wanted: FileWanted, on_progress: OnProgress, cancel: Cancel) -> Path:
        """Where the whole file lies; raises leaves of TransferError and DiskFull."""
        self.is_idle = False
        with cancel.cutting(self._process.kill):
            try:
                _pipe(self._process.stdin).write(wanted.line())
            except BrokenPipeError as error:
                raise self._ended() from error
            arrived = self._awaited(on_progress)
        self.is_idle = True
        if isinstance(arrived, Failed):
            raise arrived.as_error()
        return Path(arrived.path)

    def close(self) -> None:
        """End the process, whatever it does; its partial file is the caller's to remove."""
        self._process.kill()
        self._process.wait(_END_SECONDS)
        _pipe(self._process.stdin).close()
        _pipe(self._process.stdout).close()

    def _awaited(self, on_progress: OnProgress) -> Arrived | Failed:
        for line in self._lines():
            report = read_report(line)
            if not isinstance(report, Received):
                return report
            on_progress(report.size)
        raise self._ended()

    def _lines(self) -> Iterator[bytes]:
        """Until the process ends its output; TransferStalled when it falls silent."""
        output = _pipe(self._process.stdout).fileno()
        waiting = b""
        with selectors.DefaultSelector() as selector:
            selector.register(output, selectors.EVENT_READ)
            while selector.select(self._stall_seconds):
                received = os.read(output, _READ_BYTES)
                if not received:
                    return
                *lines, waiting = (waiting + received).split(b"\n")
                yield from lines
        self._process.kill()
        raise TransferStalled(f"huggingface_hub brought nothing for {self._stall_seconds:g} s")

    def _ended(self) -> ConnectionLost | FileUnreadable:
        code = self._process.wait(_END_SECONDS)
        if code < 0:
            return ConnectionLost(f"the huggingface_hub process was ended by signal {-code}")
        return FileUnreadable(
            f"huggingface_hub fails on this machine (exit {code}); try `hf download` to see why"
        )


def _pipe(stream: IO[bytes] | None) -> IO[bytes]:
    assert stream is not None  # noqa: S101 - both are pipes by construction
    return stream


def _environment(own: Mapping[str, str], route: Route, endpoint: str) -> dict[str, str]:
    """Our own environment, with the route put in huggingface_hub's words."""
    environment = dict(own)
    environment |= {
        "HF_ENDPOINT": endpoint,
        "HF_HUB_DISABLE_UPDATE_CHECK": "1",
        "HF_HUB_DISABLE_TELEMETRY": "1",
        "HF_HUB_DISABLE_PROGRESS_BARS": "1",
        "HF_HUB_USER_AGENT_ORIGIN": route.user_agent,
    }
    # Tokens travel with each wish; one in the environment would be used where we give none.
    for name in ("HF_TOKEN", "HUGGING_FACE_HUB_TOKEN"):
        environment.pop(name, None)
    if route.ca_file is not None:
        # httpx2, unlike requests, knows no REQUESTS_CA_BUNDLE.
        environment["SSL_CERT_FILE"] = str(route.ca_file)
    if route.proxy is not None:
        for name in _PROXY_VARIABLES:
            environment.pop(name, None)
            environment.pop(name.upper(), None)
        environment["http_proxy"] = environment["https_proxy"] = route.proxy.get_secret_value()
    return environment
