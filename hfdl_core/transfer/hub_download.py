"""Fetches whole files through huggingface_hub, with Xet where it applies."""

import importlib.util
import shutil
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from pydantic import SecretStr
from typing_extensions import override

from hfdl_core.errors import RangeRefused, TransferCancelled, TransferError
from hfdl_core.models import ByteRange, DownloaderName
from hfdl_core.transfer.cancel import Cancel
from hfdl_core.transfer.downloader import Downloader, Sink
from hfdl_core.transfer.hub_gate import HubGate, OpenGate
from hfdl_core.transfer.hub_messages import FileWanted
from hfdl_core.transfer.hub_process import HubProcess, OnProgress
from hfdl_core.transfer.line import Route
from hfdl_core.transfer.scratch import Scratch
from hfdl_core.transfer.source import FileSource

_PIECE_BYTES: Final = 1 << 20
# Of a small file: HEAD of its address, HEAD and GET of the cache that this leads to.
_REQUESTS_PER_FILE: Final = 3


def has_huggingface_hub() -> bool:
    """Whether it is installed; without importing it."""
    return importlib.util.find_spec("huggingface_hub") is not None


class HubDownloader(Downloader):
    """huggingface_hub fetches whole files only: a range of one is cut from a scratch copy."""

    fetches_whole = True

    def __init__(
        self,
        route: Route,
        token: SecretStr | None,
        scratch: Path,
        gate: HubGate | None = None,
    ) -> None:
        self._route = route
        self._gate = gate or OpenGate()
        self._token = token
        self._scratch_parent = scratch
        self._scratch: Scratch | None = None
        self._lock = threading.Lock()
        self._idle: list[HubProcess] = []

    @override
    def fetch(
        self, source: FileSource, wanted: ByteRange, sink: Sink, cancel: Cancel
    ) -> DownloaderName:
        """Nothing is handed on before the whole file has arrived."""

        def bring(target: Path) -> None:
            self.fetch_file(source, target, _unseen, cancel)

        if wanted.length > 0:
            last = wanted.end == source.file.size
            with self._corner().whole_file(source, bring, cancel, last=last) as path:
                _pour(path, wanted, sink, cancel)
        return DownloaderName.HUB

    def fetch_file(
        self, source: FileSource, target: Path, on_progress: OnProgress, cancel: Cancel
    ) -> None:
        """Put the whole file at `target`, replacing what is there; progress is bytes so far."""
        corner = self._corner().directory
        with tempfile.TemporaryDirectory(dir=corner) as directory:
            try:
                with (
                    self._gate.unseen(_REQUESTS_PER_FILE, cancel),
                    self._process(source.endpoint, cancel) as process,
                ):
                    arrived = process.fetch(self._wish(source, directory), on_progress, cancel)
            except TransferError as error:
                if cancel.is_set and not isinstance(error, TransferCancelled):
                    raise TransferCancelled(f"{source.file.path}: cancelled") from error
                raise
            size = arrived.stat().st_size
            if size != source.file.size:
                raise RangeRefused(
                    f"huggingface_hub brings {size} bytes of {source.file.path}, "
                    f"the Hub lists {source.file.size}"
                )
            shutil.move(arrived, target)

    @override
    def close(self) -> None:
        with self._lock:
            while self._idle:
                self._idle.pop().close()
            if self._scratch is not None:
                self._scratch.close()
                self._scratch = None

    @contextmanager
    def _process(self, endpoint: str, cancel: Cancel) -> Iterator[HubProcess]:
        cancel.check()
        process = self._idle_process(endpoint) or HubProcess(self._route, endpoint)
        try:
            yield process
        finally:
            if process.is_idle:
                with self._lock:
                    self._idle.append(process)
            else:
                process.close()

    def _idle_process(self, endpoint: str) -> HubProcess | None:
        with self._lock:
            fitting = [process for process in self._idle if process.endpoint == endpoint]
            if fitting:
                self._idle.remove(fitting[-1])
            return fitting[-1] if fitting else None

    def _wish(self, source: FileSource, directory: str) -> FileWanted:
        return FileWanted(
            endpoint=source.endpoint,
            repo_type=source.repo_type,
            repo_id=source.repo_id,
            commit=source.commit,
            path=source.file.path,
            directory=directory,
            token=None if self._token is None else self._token.get_secret_value(),
        )

    def _corner(self) -> Scratch:
        with self._lock:
            if self._scratch is None:
                self._scratch = Scratch(self._scratch_parent)
            return self._scratch


def _unseen(_received: int) -> None:
    """Show nothing: the caller counts what its sink is given."""


def _pour(path: Path, wanted: ByteRange, sink: Sink, cancel: Cancel) -> None:
    left = wanted.length
    with path.open("rb") as file:
        file.seek(wanted.begin)
        while left > 0:
            cancel.check()
            piece = file.read(min(left, _PIECE_BYTES))
            left -= len(piece)
            sink(piece)
