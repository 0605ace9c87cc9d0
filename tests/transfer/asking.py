"""What every transfer test says: which file of which repo, and what of it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from pydantic import SecretStr
from typing_extensions import override

from hfdl_core.models import ByteRange, RepoFile, RepoType
from hfdl_core.transfer import (
    AutoDownloader,
    Cancel,
    Downloader,
    FileSource,
    HubGate,
    HubVisit,
    RateLimit,
    Route,
)
from hfdl_tui.demo.hub import PretendHub, Repo

USER_AGENT = "hfdl/test"


def source_of(hub: PretendHub, repo: Repo, path: str) -> FileSource:
    file = repo.head.files[path]
    return FileSource(
        endpoint=hub.endpoint,
        repo_type=RepoType(repo.kind.value),
        repo_id=repo.repo_id,
        commit=repo.head.sha,
        file=RepoFile(path, file.size, file.etag),
    )


def route(
    proxy: str | None = None,
    ca_file: Path | None = None,
    stall_seconds: float = 20.0,
    connect_seconds: float = 10.0,
) -> Route:
    return Route(
        USER_AGENT,
        proxy=None if proxy is None else SecretStr(proxy),
        ca_file=ca_file,
        connect_seconds=connect_seconds,
        stall_seconds=stall_seconds,
    )


class Sink:
    """Takes what it is given, and can do something on the way."""

    def __init__(self, then: Callable[[], None] | None = None) -> None:
        self.body = bytearray()
        self.largest_piece = 0
        self._then = then

    def __call__(self, received: bytes) -> None:
        self.body += received
        self.largest_piece = max(self.largest_piece, len(received))
        if self._then is not None:
            self._then()


class NotingGate(HubGate, HubVisit):
    """Lets everything through and remembers it."""

    def __init__(self) -> None:
        self.seen: list[object] = []

    @override
    @contextmanager
    def visit(self, cancel: Cancel) -> Iterator[HubVisit]:
        yield self
        self.seen.append("over")

    @override
    @contextmanager
    def unseen(self, requests: int, cancel: Cancel) -> Iterator[None]:
        self.seen.append(f"leave for {requests}")
        yield
        self.seen.append("over")

    @override
    def before_request(self) -> None:
        self.seen.append("leave")

    @override
    def answered(self, limit: RateLimit | None) -> None:
        if limit is not None:
            self.seen.append((limit.bucket, limit.remaining, limit.quota, limit.window_seconds))


def fetch(
    downloader: Downloader | AutoDownloader,
    source: FileSource,
    begin: int = 0,
    end: int | None = None,
    *,
    sink: Callable[[bytes], None] | None = None,
    cancel: Cancel | None = None,
) -> bytes:
    """The bytes [begin, end) of the file, or what came of them when `sink` is given."""
    taken = Sink()
    wanted = ByteRange(begin, source.file.size if end is None else end)
    downloader.fetch(source, wanted, sink or taken, cancel or Cancel())
    return bytes(taken.body)
