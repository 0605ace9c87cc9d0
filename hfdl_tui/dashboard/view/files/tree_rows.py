"""The visible rows of a repo's tree: folders that are open show what is in them."""

from bisect import bisect_right
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import partial
from typing import NamedTuple, Self

from hfdl_tui.dashboard.view.files.file_index import FileIndex
from hfdl_tui.dashboard.view.files.folder_table import ROOT


class SortBy(StrEnum):
    """What files are put in order by; folders always come before files."""

    NAME = "name"
    SIZE = "size"
    FILES = "files"  # how many a folder holds; files themselves then stay by name


@dataclass(frozen=True, slots=True)
class TreeOrder:
    by: SortBy = SortBy.NAME
    reverse: bool = False


class TreeRow(NamedTuple):
    """One line. `number` is that of the folder or of the file, whichever it is."""

    key: str  # its path, of a folder with a slash at its end
    name: str
    depth: int
    number: int
    is_folder: bool
    is_open: bool
    size: int
    files: int


class _Run(NamedTuple):
    """Lines of one folder that nothing opened stands between."""

    folder: int  # that they lie in
    depth: int
    numbers: Sequence[int]  # of all that is in the folder, in the order shown
    begin: int  # of the run in `numbers`
    end: int
    are_folders: bool


@dataclass
class _Contents:
    """What is in the folders, sorted; each is worked out when it is first opened."""

    index: FileIndex
    order: TreeOrder
    folders: dict[int, Sequence[int]] = field(default_factory=dict)
    files: dict[int, Sequence[int]] = field(default_factory=dict)

    def folders_in(self, folder: int) -> Sequence[int]:
        if folder not in self.folders:
            self.folders[folder] = self._sorted_folders(self.index.subfolders(folder))
        return self.folders[folder]

    def files_in(self, folder: int) -> Sequence[int]:
        if folder not in self.files:
            self.files[folder] = self._sorted_files(self.index.direct_files(folder))
        return self.files[folder]

    def _sorted_folders(self, numbers: Sequence[int]) -> Sequence[int]:
        reverse = self.order.reverse
        match self.order.by:
            case SortBy.NAME:
                return numbers[::-1] if reverse else numbers
            case SortBy.SIZE:
                return sorted(numbers, key=self.index.folder_size, reverse=reverse)
            case SortBy.FILES:
                return sorted(numbers, key=self.index.folder_count, reverse=reverse)

    def _sorted_files(self, numbers: Sequence[int]) -> Sequence[int]:
        match self.order.by:
            case SortBy.NAME:
                return numbers[::-1] if self.order.reverse else numbers
            case SortBy.SIZE:
                size_of = self.index.sizes.__getitem__
                return sorted(numbers, key=size_of, reverse=self.order.reverse)
            case SortBy.FILES:
                return numbers


class TreeRows:
    """A picture of one moment; opening and closing make another one and share what was sorted.

    Rows are made when they are asked for: a folder of 100,000 files opens at once.
    """

    def __init__(
        self,
        index: FileIndex,
        opened: Collection[str] = (),
        order: TreeOrder | None = None,
        *,
        known: _Contents | None = None,
    ) -> None:
        """`opened` are paths of folders, each with a slash at its end; unknown ones wait."""
        self.index = index
        self.order = order or TreeOrder()
        self.opened = frozenset(opened)
        self._contents = known or _Contents(index, self.order)
        found = (index.find_folder(path) for path in self.opened)
        self._open = {folder for folder in found if folder is not None}
        self._runs = list(self._laid_out())
        self._begins = [0]
        for run in self._runs:
            self._begins.append(self._begins[-1] + run.end - run.begin)

    def with_open(self, path: str) -> Self:
        return self._with(self.opened | {path})

    def with_closed(self, path: str) -> Self:
        """What was open inside is open again when the folder is."""
        return self._with(self.opened - {path})

    def _with(self, opened: Collection[str]) -> Self:
        return type(self)(self.index, opened, self.order, known=self._contents)

    def __len__(self) -> int:
        return self._begins[-1]

    def key_at(self, index: int) -> str:
        run, number = self._at(index)
        return self.index.folder_path(number) if run.are_folders else self.index.paths[number]

    def index_of(self, key: str) -> int | None:
        """None for what is not listed, or lies in a folder that is closed."""
        is_folder = key.endswith("/")
        number = self.index.find_folder(key) if is_folder else self.index.paths.find(key)
        if number is None or (is_folder and number == ROOT):
            return None
        holder = self.index.folders.parents[number] if is_folder else self.index.folder_of(number)
        return next(self._rows_of(holder, number, are_folders=is_folder), None)

    def tree_row_at(self, index: int) -> TreeRow:
        run, number = self._at(index)
        key = self.key_at(index)
        name = key[self.index.folders.lengths[run.folder] :]
        make = partial(TreeRow, key, name, run.depth, number)
        if run.are_folders:
            size, files = self.index.folder_size(number), self.index.folder_count(number)
            return make(is_folder=True, is_open=number in self._open, size=size, files=files)
        return make(is_folder=False, is_open=False, size=self.index.sizes[number], files=1)

    def _at(self, index: int) -> tuple[_Run, int]:
        if not 0 <= index < len(self):
            raise IndexError(index)
        place = bisect_right(self._begins, index) - 1
        run = self._runs[place]
        return run, run.numbers[run.begin + index - self._begins[place]]

    def _rows_of(self, holder: int, number: int, *, are_folders: bool) -> Iterator[int]:
        place = None
        for run, row in zip(self._runs, self._begins, strict=False):
            if run.folder != holder or run.are_folders != are_folders:
                continue
            if place is None:
                place = run.numbers.index(number)
            if run.begin <= place < run.end:
                yield row + place - run.begin

    def _laid_out(self) -> Iterator[_Run]:
        """From top to bottom; without recursion: a path may have 2,000 folders."""
        opened_in: dict[int, set[int]] = {}
        for folder in self._open - {ROOT}:
            opened_in.setdefault(self.index.folders.parents[folder], set()).add(folder)
        waiting = [self._pieces(ROOT, 0, opened_in.get(ROOT, set()))]
        while waiting:
            piece = next(waiting[-1], None)
            if piece is None:
                waiting.pop()
            elif isinstance(piece, int):
                waiting.append(self._pieces(piece, len(waiting), opened_in.get(piece, set())))
            elif piece.begin < piece.end:
                yield piece

    def _pieces(self, folder: int, depth: int, opened: Collection[int]) -> Iterator[_Run | int]:
        """Its runs of lines, and after the line of an open folder that folder's number."""
        below = self._contents.folders_in(folder)
        begin = 0
        if opened:
            for place, number in enumerate(below):
                if number in opened:
                    yield _Run(folder, depth, below, begin, place + 1, are_folders=True)
                    yield number
                    begin = place + 1
        yield _Run(folder, depth, below, begin, len(below), are_folders=True)
        files = self._contents.files_in(folder)
        yield _Run(folder, depth, files, 0, len(files), are_folders=False)
