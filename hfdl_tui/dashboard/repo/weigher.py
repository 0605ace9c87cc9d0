"""Looks at the disk, and for the globs, whenever other files are picked; on a thread of its own."""

from collections.abc import Callable
from pathlib import Path

from hfdl_core.errors import HfdlError
from hfdl_tui.dashboard.errands import Errand, Errands
from hfdl_tui.dashboard.view.files.repo_files import RepoFiles
from hfdl_tui.dashboard.view.files.search import Latest
from hfdl_tui.dashboard.view.files.weighing import Weighed, weigh


class Weigher:
    """`weighed` is of the picks as they are now, or None until that is known."""

    def __init__(
        self,
        errands: Errands,
        on_weighed: Callable[[], None],
        fail: Callable[[HfdlError], None],
    ) -> None:
        self._errands = errands
        self._on_weighed = on_weighed
        self._fail = fail
        self._latest = Latest()
        self._weighed: Weighed | None = None
        self._version: tuple[int, int] | None = None
        self._asked: tuple[int, int] | None = None

    def weighed(self, repo: RepoFiles) -> Weighed | None:
        return self._weighed if self._version == repo.version else None

    def is_outdated(self, repo: RepoFiles) -> bool:
        """Whether nobody has begun to weigh these picks."""
        return self._asked != repo.version

    def weigh(self, repo: RepoFiles, destination: Path) -> None:
        marked, version = repo.marked, repo.version
        is_outdated = self._latest.begin()
        self._asked = version

        def done(weighed: Weighed | None) -> None:
            if weighed is not None and not is_outdated():
                self._weighed, self._version = weighed, version
                self._on_weighed()

        self._errands.send(
            Errand(lambda: weigh(marked, destination, is_outdated), done, self._fail)
        )

    def forget(self) -> None:
        """Another repo is open, or the disk has changed."""
        self._latest.begin()
        self._weighed = self._version = self._asked = None
