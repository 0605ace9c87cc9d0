"""Hashes what is on disk again and tells what is missing and what is wrong."""

import os
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, NamedTuple

from hfdl_core.errors import UsageError
from hfdl_core.models import RepoFile
from hfdl_core.storage.disk_faults import disk_faults
from hfdl_core.storage.examination import Finding, Verdict, examine_for_report
from hfdl_core.storage.hub_metadata import recorded_files
from hfdl_core.storage.hub_trees import newest_commit, read_tree
from hfdl_core.storage.safe_tree import SafeTree

# Hashing one file takes a core; more threads than this mostly make a disk seek.
_MOST_THREADS: Final = 4
_AHEAD: Final = 64  # files given to the threads before the first verdict is waited for
_PROGRESS_SECONDS: Final = 0.2


class WrongFile(NamedTuple):
    path: str
    expected: str  # digest
    actual: str  # digest, or what else is wrong, for people


class VerifyProgress(NamedTuple):
    files: int
    bytes: int


OnProgress = Callable[[VerifyProgress], None]


@dataclass(frozen=True, slots=True)
class VerifyReport:
    """Files beyond those expected are not looked at."""

    ok: int
    missing: tuple[str, ...]
    wrong: tuple[WrongFile, ...]

    @property
    def is_clean(self) -> bool:
        return not self.missing and not self.wrong


def ignore_progress(_progress: VerifyProgress) -> None:
    """For callers that only want the report."""


def verify_files(
    root: Path, files: Iterable[RepoFile], on_progress: OnProgress = ignore_progress
) -> VerifyReport:
    """Read every byte of these files; `on_progress` runs in the calling thread, 5 times a second.

    UsageError when there is no such directory.
    """
    return _Verification(_tree_of(root), on_progress).run(
        _Expected(file.path, file.size, file.digest) for file in files
    )


def verify_directory(root: Path, on_progress: OnProgress = ignore_progress) -> VerifyReport:
    """The same with what the directory's own records say: the newest listing, else each file's.

    UsageError when it holds neither.
    """
    tree = _tree_of(root)
    commit = newest_commit(tree)
    if commit is not None:
        return verify_files(root, read_tree(tree, commit), on_progress)
    report = _Verification(tree, on_progress).run(
        _Expected(path, None, etag) for path, etag in recorded_files(tree)
    )
    if report == VerifyReport(0, (), ()):
        raise UsageError(
            f"{root} holds no record of a download: give the id of its job, or download there first"
        )
    return report


class _Expected(NamedTuple):
    path: str
    size: int | None  # None when only the digest was recorded
    digest: str


class _Stopped(Exception):
    """Ends a thread's reading when nobody waits for it any more; never leaves this module."""


@dataclass(slots=True)
class _Meter:
    """Counts what the threads read, and tells them to stop."""

    read_bytes: int = 0
    stop: threading.Event = field(default_factory=threading.Event)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def examine(self, tree: SafeTree, expected: _Expected) -> Finding:
        before = 0

        def count(position: int) -> None:
            nonlocal before
            if self.stop.is_set():
                raise _Stopped
            with self.lock:
                self.read_bytes += position - before
            before = position

        return examine_for_report(tree, expected.path, expected.size, expected.digest, count)


class _Verification:
    """One run over one directory."""

    def __init__(self, tree: SafeTree, on_progress: OnProgress) -> None:
        self._tree = tree
        self._on_progress = on_progress
        self._meter = _Meter()
        self._told_at = time.monotonic()
        self._files = 0
        self._ok = 0
        self._missing: list[str] = []
        self._wrong: list[WrongFile] = []

    def run(self, expected: Iterable[_Expected]) -> VerifyReport:
        pool = ThreadPoolExecutor(min(_MOST_THREADS, os.cpu_count() or 1), "verify")
        begun: deque[tuple[_Expected, Future[Finding]]] = deque()
        try:
            for one in expected:
                begun.append((one, pool.submit(self._meter.examine, self._tree, one)))
                if len(begun) >= _AHEAD:
                    self._settle(*begun.popleft())
            while begun:
                self._settle(*begun.popleft())
        finally:
            self._meter.stop.set()
            pool.shutdown(cancel_futures=True)
        self._on_progress(self._progress())
        return VerifyReport(self._ok, tuple(sorted(self._missing)), tuple(sorted(self._wrong)))

    def _settle(self, expected: _Expected, examined: Future[Finding]) -> None:
        while wait([examined], timeout=_PROGRESS_SECONDS).not_done:
            self._tell()
        finding = examined.result()
        self._files += 1
        match finding.verdict:
            case Verdict.RIGHT:
                self._ok += 1
            case Verdict.MISSING:
                self._missing.append(expected.path)
            case Verdict.WRONG:
                self._wrong.append(WrongFile(expected.path, expected.digest, finding.actual))
        self._tell()

    def _tell(self) -> None:
        now = time.monotonic()
        if now - self._told_at >= _PROGRESS_SECONDS:
            self._told_at = now
            self._on_progress(self._progress())

    def _progress(self) -> VerifyProgress:
        return VerifyProgress(self._files, self._meter.read_bytes)


def _tree_of(root: Path) -> SafeTree:
    with disk_faults(root):
        if not root.is_dir():
            raise UsageError(f"{root} is not a directory")
    return SafeTree(root)
