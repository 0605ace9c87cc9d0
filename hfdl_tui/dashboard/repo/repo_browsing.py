"""The repo that is looked through, and what other threads do for it: list, search, weigh."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from hfdl_core.errors import HfdlError, UsageError
from hfdl_tui.dashboard.desk import Desk
from hfdl_tui.dashboard.errands import Errand
from hfdl_tui.dashboard.repo.repo_opener import Opening, RepoOpener
from hfdl_tui.dashboard.repo.sifter import Sifter
from hfdl_tui.dashboard.repo.weigher import Weigher
from hfdl_tui.dashboard.view.files.browser import Listing
from hfdl_tui.dashboard.view.files.files_words import NOT_OPEN, why_nothing_found
from hfdl_tui.dashboard.view.files.recents import RecentRepos
from hfdl_tui.dashboard.view.files.repo_choices import recent_of
from hfdl_tui.dashboard.view.files.repo_files import RepoFiles, Sift, Sifted
from hfdl_tui.dashboard.view.files.tree_rows import TreeOrder
from hfdl_tui.dashboard.view.files.typed_filter import parse_filter
from hfdl_tui.dashboard.view.files.weighing import Weighed
from hfdl_tui.dashboard.view.launch.launching import LaunchChoice


class RepoBrowsing:
    """For the event loop; `on_change` is called whenever there is something new to show."""

    def __init__(
        self,
        desk: Desk,
        on_change: Callable[[], None],
        on_weighed: Callable[[], None],
    ) -> None:
        self.repo: RepoFiles | None = None
        self.wrong = ""  # with the filter as it is typed
        self._desk = desk
        self._on_change = on_change
        self._is_over = False
        self._goal: str | None = None  # the path that a link meant, until it is listed
        self._reached: str | None = None
        self._disk = desk.hub.beside("disk")
        listing, sifting = desk.hub.beside("listing"), desk.hub.beside("filter")
        self._opener = RepoOpener(desk.browser, listing, desk.clock, self._listed, self.changed)
        self._sifter = Sifter(sifting, self._to_sift, self._sifted, self._fail)
        self._weigher = Weigher(self._disk, on_weighed, self._fail)

    @property
    def opening(self) -> Opening | None:
        """What was asked for last, however it went."""
        return self._opener.opening

    def open(self, text: str, revision: str | None) -> None:
        self.repo, self.wrong, self._goal, self._reached = None, "", None, None
        self._sifter.drop()
        self._weigher.forget()
        self._opener.open(text, revision)
        self.changed()

    def again(self) -> None:
        """List anew what was asked for last."""
        if self.opening is not None:
            self.open(self.opening.text, self.opening.revision)

    def why_not_again(self) -> str | None:
        """Picks would be lost: only where something is wrong with the listing."""
        opening, repo = self.opening, self.repo
        if opening is None:
            return NOT_OPEN
        is_whole = repo is not None and repo.listing.is_complete and repo.listing.refused is None
        return "everything is listed; o opens another repo, or this one anew" if is_whole else None

    def stop(self) -> None:
        """Nobody looks any more: what still comes changes no screen."""
        self._is_over = True
        self._opener.stop()

    def changed(self) -> None:
        """There is something new to show."""
        if not self._is_over:
            self._on_change()

    def reached(self) -> str | None:
        """The row that a link meant, once it is there and only once."""
        key, self._reached = self._reached, None
        return key

    def filter(self, text: str) -> None:
        """What is found comes later; until then the rows stay as they are."""
        if self.repo is None:
            return
        try:
            wanted, self.wrong = parse_filter(text), ""
        except UsageError as error:
            self.wrong = str(error)
        else:
            self._sift(is_needed=self.repo.filter_by(wanted))
        self.changed()

    def sort(self, order: TreeOrder) -> None:
        if self.repo is not None:
            self._sift(is_needed=self.repo.sort(order))
            self.changed()

    # --- what a job of the picks would be --------------------------------------------------------

    @property
    def weighed(self) -> Weighed | None:
        """None until it is known for the picks as they are now."""
        if self.repo is None or self.repo.is_searching:
            return None
        return self._weigher.weighed(self.repo)

    @property
    def shall_weigh(self) -> bool:
        """Whether nobody has begun to; the whole of a repo that is still growing is not weighed."""
        repo = self.repo
        if repo is None or repo.is_searching or why_nothing_found(repo, self.wrong) is not None:
            return False
        if not (repo.listing.is_complete or repo.selection.count):
            return False
        return self._weigher.is_outdated(repo)

    @property
    def directory(self) -> str:
        """Where a job would put it unless another place is named: the repo's own name."""
        return "" if self.repo is None else self.repo.listing.snapshot.repo_id.rpartition("/")[2]

    def weigh(self) -> None:
        if self.repo is not None:
            self._weigher.weigh(self.repo, Path.cwd() / self.directory)

    def choice(self) -> LaunchChoice:
        """For the dialog that asks; UsageError where no globs say what is picked."""
        assert self.repo is not None  # noqa: S101 - only what was weighed can be chosen
        assert self.weighed is not None  # noqa: S101
        if self.weighed.globs is None:
            raise UsageError(self.weighed.globs_problem)
        snapshot, marked = self.repo.listing.snapshot, self.repo.marked
        return LaunchChoice(
            repo_id=snapshot.repo_id,
            repo_type=snapshot.repo_type,
            revision=snapshot.revision,
            include=self.weighed.globs.include,
            exclude=self.weighed.globs.exclude,
            files=marked.count,
            size=marked.size,
        )

    # --- what comes from the other threads -------------------------------------------------------

    def _listed(self, listing: Listing) -> None:
        if self.repo is None:
            self.repo, self._goal = RepoFiles(listing), listing.path
        elif self.repo.grow(listing):
            self._sifter.soon()
        else:
            self._sifter.drop()
        if listing.is_complete:
            self._remember(listing)
        if self._goal is not None:
            self._reached = self.repo.reveal(self._goal)
            if self._reached is not None:
                self._goal = None
        self.changed()

    def _remember(self, listing: Listing) -> None:
        revision = self.opening.revision if self.opening else None
        now = datetime.now(UTC).isoformat(timespec="seconds")
        recent = recent_of(listing.snapshot, revision, now)

        def record() -> None:
            RecentRepos.of_this_machine().record(recent)

        self._disk.send(Errand(record, lambda _: None, self._fail))

    def _sift(self, *, is_needed: bool) -> None:
        if is_needed:
            self._sifter.now()
        else:
            self._sifter.drop()

    def _to_sift(self) -> Sift | None:
        return None if self.repo is None else self.repo.sift()

    def _sifted(self, sifted: Sifted) -> bool:
        is_taken = self.repo is not None and self.repo.take(sifted)
        self.changed()
        return is_taken

    def _fail(self, error: HfdlError) -> None:
        self._desk.flash(str(error), is_bad=True)
