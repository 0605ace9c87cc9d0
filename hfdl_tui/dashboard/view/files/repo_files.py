"""An opened repo as a person looks through it: what is listed, unfolded, filtered and marked."""

from collections.abc import Callable
from dataclasses import dataclass

from hfdl_tui.dashboard.view.files.browser import Listing
from hfdl_tui.dashboard.view.files.carried_marks import carried
from hfdl_tui.dashboard.view.files.folder_table import ROOT
from hfdl_tui.dashboard.view.files.search import Matches, find_matches
from hfdl_tui.dashboard.view.files.selection import MarkedFiles, Selection, glob_marks
from hfdl_tui.dashboard.view.files.tree_rows import TreeOrder, TreeRows
from hfdl_tui.dashboard.view.files.typed_filter import TypedFilter


@dataclass(frozen=True, slots=True)
class Sifted:
    """What a sift came to; `version` is that of the selection it began with."""

    listing: Listing
    selection: Selection
    matches: Matches | None
    version: int


@dataclass(frozen=True, slots=True)
class Sift:
    """Work for another thread: the marks over the newest listing, and what the filter finds."""

    listing: Listing
    selection: Selection
    version: int
    filter: TypedFilter | None
    order: TreeOrder

    def run(self, is_outdated: Callable[[], bool]) -> Sifted | None:
        """None when the answer is not wanted any more."""
        index, selection, matches = self.listing.index, self.selection, None
        if index is not selection.index:
            selection = carried(selection, index)
        if self.filter is not None:
            matches = find_matches(index, self.filter, self.order, is_outdated)
            if matches is None:
                return None
        return Sifted(self.listing, selection, matches, self.version)


class RepoFiles:
    """For the event loop; listing, selection, tree and matches always belong to one index."""

    def __init__(self, listing: Listing) -> None:
        self.listing = listing
        self.selection = Selection(listing.index)
        self.order = TreeOrder()
        self.tree = TreeRows(listing.index, (), self.order)
        self.filter: TypedFilter | None = None
        self.matches: Matches | None = None
        self._newest = listing
        self._searches = 0  # that came to an end

    @property
    def rows(self) -> TreeRows | Matches:
        return self.tree if self.matches is None else self.matches

    @property
    def offered(self) -> Matches | None:
        """What the filter found, while nothing is marked: a job would take just that."""
        return None if self.selection.count else self.matches

    @property
    def is_outdated(self) -> bool:
        """Whether `matches` are not what the filter means now."""
        return self.filter is not (None if self.matches is None else self.matches.filter)

    @property
    def is_searching(self) -> bool:
        """Whether it is not known yet what a job would take."""
        return self.is_outdated and not self.selection.count

    @property
    def marked(self) -> MarkedFiles:
        """What a job would take: with nothing marked what is found, without a filter all."""
        if self.selection.count:
            return self.selection.taken()
        index, found = self.listing.index, self.offered
        if found is not None:
            own = glob_marks(found)
            return MarkedFiles(index, found.flags, found.count, found.size, own)
        return MarkedFiles(index, b"\1" * len(index), len(index), index.size, ())

    @property
    def version(self) -> tuple[int, int]:
        """Another one whenever a job would take other files."""
        return self.selection.version, 0 if self.selection.count else self._searches

    @property
    def picks(self) -> tuple[object, ...]:
        """Equal for as long as nobody picks anything or changes the filter."""
        return self.selection, self.selection.version, self.filter

    # --- what takes long: another thread runs `sift`, and `take` puts the answer here -----------

    def grow(self, listing: Listing) -> bool:
        """Whether a sift is needed until the longer listing can be shown."""
        self._newest = listing
        if self.selection.count or self.filter is not None:
            return True
        self._adopt(listing, Selection(listing.index))
        return False

    def sift(self) -> Sift:
        picked = self.selection
        return Sift(self._newest, picked, picked.version, self.filter, self.order)

    def take(self, sifted: Sifted) -> bool:
        """False when marks were changed since it began: sift again."""
        if sifted.listing is not self.listing:
            if sifted.version != self.selection.version:
                return False
            self._adopt(sifted.listing, sifted.selection)
        self._set_matches(sifted.matches)
        return True

    # --- what is quick ---------------------------------------------------------------------------

    def filter_by(self, wanted: TypedFilter | None) -> bool:
        """Whether a sift is needed; without a filter the tree is back at once."""
        self.filter = wanted
        if wanted is None:
            self._set_matches(None)
        return wanted is not None or self._is_behind

    def sort(self, order: TreeOrder) -> bool:
        """Whether a sift is needed, too."""
        self.order = order
        self.tree = TreeRows(self.listing.index, self.tree.opened, order)
        return self.filter is not None or self._is_behind

    def turn(self, folder: str) -> None:
        """Open it, or close it when it is open."""
        is_open = folder in self.tree.opened
        self.tree = self.tree.with_closed(folder) if is_open else self.tree.with_open(folder)

    def step(self, key: str, *, is_right: bool) -> str | None:
        """Into a folder or out of it; the row to go to, None to stay."""
        if self.matches is not None:
            return None
        is_open = key in self.tree.opened
        if key.endswith("/") and is_right is not is_open:
            self.turn(key)
        elif is_open:
            row = self.tree.index_of(key)
            return None if row is None else self.tree.key_at(row + 1)
        elif not is_right:
            return f"{key.rstrip('/').rpartition('/')[0]}/"
        return None

    def reveal(self, path: str) -> str | None:
        """Open all folders above a file or folder; its key, or None while it is not listed."""
        index = self.listing.index
        key = path.strip("/")
        if index.find_folder(f"{key}/"):
            key += "/"
        elif index.paths.find(key) is None:
            return None
        folder = key.rstrip("/").rpartition("/")[0]
        while folder:
            self.tree = self.tree.with_open(f"{folder}/")
            folder = folder.rpartition("/")[0]
        return key

    def toggle(self, key: str) -> None:
        index = self.listing.index
        if key.endswith("/"):
            folder = index.find_folder(key)
            if folder is not None:
                self.selection.toggle_folder(folder)
        else:
            number = index.paths.find(key)
            if number is not None:
                self.selection.toggle_file(number)

    def toggle_all(self) -> None:
        """All that the filter found, also what the table does not show; else the whole repo."""
        if self.matches is None:
            self.selection.toggle_folder(ROOT)
        else:
            self.selection.toggle_matches(self.matches)

    @property
    def _is_behind(self) -> bool:
        """Whether a longer listing waits to be sifted."""
        return self._newest is not self.listing

    def _set_matches(self, matches: Matches | None) -> None:
        self.matches = matches
        self._searches += 1

    def _adopt(self, listing: Listing, selection: Selection) -> None:
        # A version that was seen may not come again: what was worked out for it is told by it.
        selection.version = self.selection.version + 1
        self.listing = listing
        self.selection = selection
        self.tree = TreeRows(listing.index, self.tree.opened, self.order)
