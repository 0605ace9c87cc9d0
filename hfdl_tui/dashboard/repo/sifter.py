"""Keeps one search of a repo's files going at a time, on a thread of its own."""

from collections.abc import Callable

from hfdl_core.errors import HfdlError
from hfdl_tui.dashboard.errands import Errand, Errands
from hfdl_tui.dashboard.view.files.repo_files import Sift, Sifted
from hfdl_tui.dashboard.view.files.search import Latest


class Sifter:
    """`wanted` tells what to sift at the moment when it begins."""

    def __init__(
        self,
        errands: Errands,
        wanted: Callable[[], Sift | None],
        take: Callable[[Sifted], bool],
        fail: Callable[[HfdlError], None],
    ) -> None:
        """`take` tells whether the answer could be used; if not it is sifted again."""
        self._errands = errands
        self._wanted = wanted
        self._take = take
        self._fail = fail
        self._latest = Latest()
        self._is_busy = False
        self._is_wanted_again = False

    def now(self) -> None:
        """What goes on is outdated."""
        self._is_wanted_again = False
        sift, is_outdated = self._wanted(), self._latest.begin()
        self._is_busy = sift is not None
        if sift is None:
            return

        def done(sifted: Sifted | None) -> None:
            if sifted is not None and not is_outdated():
                self._is_busy = False
                if not self._take(sifted) or self._is_wanted_again:
                    self.now()

        self._errands.send(Errand(lambda: sift.run(is_outdated), done, self._fail))

    def soon(self) -> None:
        """Once what goes on is done: growing for ever must not keep it from ever being shown."""
        if self._is_busy:
            self._is_wanted_again = True
        else:
            self.now()

    def drop(self) -> None:
        """Nothing needs to be sifted any more."""
        self._latest.begin()
        self._is_busy = self._is_wanted_again = False
