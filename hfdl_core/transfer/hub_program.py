"""The process in which huggingface_hub fetches whole files: python -P -m, one file after another.

A process of its own, because huggingface_hub reads its environment when imported, cannot be
stopped in the midst of a file, and with Xet takes memory by the gigabyte.
"""

import os
import queue
import signal
import sys
import threading
from collections.abc import Callable
from typing import Any, BinaryIO, Final

from hfdl_core.errors import HfdlError, ServerBusy
from hfdl_core.transfer.hub_messages import (
    Arrived,
    Failed,
    FileWanted,
    Received,
    Report,
    report_line,
)

# huggingface_hub counts, and writes, in steps of 10 MiB: at 100 kB/s that is 100 s without a sign
# of life, longer than the stall watchdog waits.
_STEP_BYTES: Final = 256 << 10


def main() -> None:
    # The terminal's Ctrl-C is for the worker: it ends this process when it wants to.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    tell = _Telling(_private_stdout())
    wishes: queue.SimpleQueue[FileWanted] = queue.SimpleQueue()
    threading.Thread(target=_listen, args=(wishes,), daemon=True).start()
    while True:
        tell(_served(wishes.get(), tell))


class _Telling:
    """Writes reports to the worker; used from huggingface_hub's threads too."""

    def __init__(self, output: BinaryIO) -> None:
        self._output = output
        self._lock = threading.Lock()

    def __call__(self, report: Report) -> None:
        with self._lock:
            self._output.write(report_line(report))
            self._output.flush()


def _private_stdout() -> BinaryIO:
    """Keep the pipe to the worker clear of whatever libraries print."""
    output = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    return output


def _listen(wishes: "queue.SimpleQueue[FileWanted]") -> None:
    for line in sys.stdin.buffer:
        wishes.put(FileWanted.read(line))
    # The worker is gone, however it ended: nobody waits for what is under way.
    os._exit(0)


def _served(wanted: FileWanted, tell: Callable[[Report], None]) -> Report:
    import httpx2
    from huggingface_hub import constants, hf_hub_download

    from hfdl_core.transfer.hub_faults import our_error

    constants.DOWNLOAD_CHUNK_SIZE = _STEP_BYTES
    try:
        path = hf_hub_download(
            wanted.repo_id,
            wanted.path,
            repo_type=wanted.repo_type,
            revision=wanted.commit,
            endpoint=wanted.endpoint,
            local_dir=wanted.directory,
            token=wanted.token or False,
            tqdm_class=_bar(tell),
        )
    # Xet's own errors are RuntimeErrors, what huggingface_hub will not do is a ValueError.
    except (OSError, httpx2.HTTPError, httpx2.InvalidURL, RuntimeError, ValueError) as error:
        return _failed(our_error(error, wanted))
    return Arrived(path)


def _bar(tell: Callable[[Report], None]) -> type[Any]:
    """A progress bar that draws nothing and tells how many bytes have come."""
    from huggingface_hub.utils import tqdm  # type: ignore[attr-defined]  # exported lazily

    class TellingBar(tqdm):
        placed = 0
        received = 0
        told = 0

        def update(self, n: float | None = 1) -> None:
            """Count bytes in place: what HTTP has brought or Xet has put together."""
            self.placed += int(n or 0)
            self._tell()

        def update_transfer(self, n: int) -> None:
            """Count bytes off the network: with Xet the earlier sign of life."""
            self.received += n
            self._tell()

        def set_transfer_postfix_str(self, *_: object, **__: object) -> None:
            """Draw nothing."""

        def _tell(self) -> None:
            newest = max(self.placed, self.received)
            if newest > self.told:
                self.told = newest
                tell(Received(newest))

    return TellingBar


def _failed(error: HfdlError) -> Failed:
    name = type(error).__name__
    if isinstance(error, ServerBusy):
        return Failed(name, str(error), error.host, error.status, error.retry_after_seconds)
    return Failed(name, str(error))


if __name__ == "__main__":
    main()
