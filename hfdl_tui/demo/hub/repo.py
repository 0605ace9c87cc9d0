"""A pretend repo: commits with their files, and the branches and tags that name them."""

import hashlib
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path, PurePosixPath

from hfdl_tui.demo.hub.access import Access
from hfdl_tui.demo.hub.content import Content, Source, folder_sources, to_content


class RepoKind(StrEnum):
    DATASET = "dataset"
    MODEL = "model"
    SPACE = "space"

    @property
    def plural(self) -> str:
        return f"{self.value}s"

    @property
    def url_prefix(self) -> str:
        """Tell what stands before the repo id in a resolve URL: models have nothing."""
        return "" if self is RepoKind.MODEL else f"{self.plural}/"


@dataclass(frozen=True, slots=True)
class LfsRule:
    """Which files go to LFS: those of at least `threshold` bytes, and those with a suffix."""

    threshold: int = 10_000_000
    suffixes: tuple[str, ...] = (".safetensors", ".bin", ".parquet", ".gz", ".onnx")

    def applies(self, path: str, size: int) -> bool:
        return size >= self.threshold or path.endswith(self.suffixes)


@dataclass(frozen=True, slots=True)
class RepoFile:
    path: str
    content: Content
    lfs: bool
    xet: bool

    @property
    def size(self) -> int:
        return self.content.size

    @property
    def oid(self) -> str:
        """Tell the git blob id: of the content, or of the pointer text of an LFS file."""
        if not self.lfs:
            return self.content.git_sha1()
        pointer = self.pointer
        return _sha1(b"blob %d\0" % len(pointer) + pointer)

    @property
    def pointer(self) -> bytes:
        return (
            "version https://git-lfs.github.com/spec/v1\n"
            f"oid sha256:{self.content.sha256()}\n"
            f"size {self.size}\n"
        ).encode()

    @property
    def etag(self) -> str:
        return self.content.sha256() if self.lfs else self.oid

    @property
    def xet_hash(self) -> str:
        """Make up a Xet hash: 64 hex digits that match no digest of the content."""
        return hashlib.sha256(b"xet" + self.content.sha256().encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Directory:
    path: str
    oid: str


@dataclass(frozen=True)
class Commit:
    """One state of a repo; it stays served when its branch moves on."""

    sha: str
    message: str
    files: Mapping[str, RepoFile]
    _listings: dict[tuple[str, bool], list[RepoFile | Directory]] = field(default_factory=dict)

    def listing(self, folder: str, *, recursive: bool) -> list[RepoFile | Directory]:
        """List what lies below `folder` ("" is the root), directories too, sorted by path."""
        key = (folder, recursive)
        if key not in self._listings:
            self._listings[key] = self._list(folder, recursive=recursive)
        return self._listings[key]

    def directory(self, path: str) -> Directory | None:
        below = f"{path}/"
        if any(name.startswith(below) for name in self.files):
            return Directory(path, _sha1(f"{self.sha}:{path}".encode()))
        return None

    def _list(self, folder: str, *, recursive: bool) -> list[RepoFile | Directory]:
        below = f"{folder}/" if folder else ""
        found: dict[str, RepoFile | Directory] = {}
        for path, file in self.files.items():
            if not path.startswith(below):
                continue
            parts = PurePosixPath(path[len(below) :]).parts
            depths = range(1, len(parts)) if recursive else range(1, min(2, len(parts)))
            for depth in depths:
                name = below + "/".join(parts[:depth])
                found.setdefault(name, Directory(name, _sha1(f"{self.sha}:{name}".encode())))
            if recursive or len(parts) == 1:
                found[path] = file
        return [found[name] for name in sorted(found)]


class Repo:
    """A repo of the pretend Hub; `commit` may be called while it is served."""

    def __init__(
        self,
        kind: RepoKind,
        repo_id: str,
        *,
        access: Access = Access.PUBLIC,
        lfs: LfsRule | None = None,
        xet: bool = False,
    ) -> None:
        self.kind = kind
        self.repo_id = repo_id
        self.access = access
        self.branches: dict[str, str] = {}
        self.tags: dict[str, str] = {}
        self.pull_requests: dict[str, str] = {}
        self._lfs = lfs or LfsRule()
        self._xet = xet
        self._commits: dict[str, Commit] = {}
        self._committing = threading.Lock()

    @property
    def head(self) -> Commit:
        return self._commits[self.branches["main"]]

    def commit(
        self, sources: Mapping[str, Source] | Path, branch: str = "main", message: str = "update"
    ) -> str:
        """Make `sources` the whole content of `branch` and return the new commit's id.

        A `refs/pr/N` branch is a pull request. Every file is hashed here, once.
        """
        listed = folder_sources(sources) if isinstance(sources, Path) else sources
        files = {path: self._file(path, to_content(listed[path])) for path in sorted(listed)}
        with self._committing:
            named = self.pull_requests if branch.startswith("refs/pr/") else self.branches
            state = hashlib.sha1(usedforsecurity=False)
            lines = (self.kind, self.repo_id, named.get(branch, ""), message)
            state.update("\0".join(lines).encode())
            for path, file in files.items():
                state.update(f"{path}\0{file.oid}\n".encode())
            sha = state.hexdigest()
            self._commits[sha] = Commit(sha, message, files)
            named[branch] = sha
        return sha

    def find(self, revision: str) -> Commit | None:
        """Find a commit by its id, a branch, a tag or a full `refs/...` name."""
        names: dict[str, str] = {
            **{f"refs/tags/{name}": sha for name, sha in self.tags.items()},
            **{f"refs/heads/{name}": sha for name, sha in self.branches.items()},
            **self.pull_requests,
            **self.tags,
            **self.branches,
        }
        return self._commits.get(names.get(revision, revision))

    def _file(self, path: str, content: Content) -> RepoFile:
        lfs = self._lfs.applies(path, content.size)
        return RepoFile(path, content, lfs=lfs, xet=lfs and self._xet)


def _sha1(body: bytes) -> str:
    return hashlib.sha1(body, usedforsecurity=False).hexdigest()
