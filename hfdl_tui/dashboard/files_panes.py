"""The widgets below the title of the page of files: filter, files, and what is picked."""

from typing import Final

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from typing_extensions import override

from hfdl_tui.dashboard.desk import Desk
from hfdl_tui.dashboard.file_rows import FileRows
from hfdl_tui.dashboard.filter_line import FilterLine
from hfdl_tui.dashboard.lines import Lines
from hfdl_tui.dashboard.repo_opener import Opening
from hfdl_tui.dashboard.view.file_rows import FileSource
from hfdl_tui.dashboard.view.files_words import (
    empty_words,
    found_line,
    opening_words,
    problem_words,
    refused_line,
    repo_line,
)
from hfdl_tui.dashboard.view.headline import WIDE
from hfdl_tui.dashboard.view.picked_pane import Picked, bottom_lines, picked_lines
from hfdl_tui.dashboard.view.repo_files import RepoFiles
from hfdl_tui.dashboard.view.tree_rows import SortBy
from hfdl_tui.dashboard.view.weighing import Weighed

_PANE, _WIDER_PANE, _WIDER_SCREEN = 36, 48, 150  # columns
_EDGE: Final = 1  # of the pane, drawn at its left


class FilesPanes(Vertical):
    """Paints what it is given; its page has the say."""

    DEFAULT_CSS = """
    FilesPanes #files-side { width: 36; height: 1fr; border-left: solid $rows-dim; }
    """

    def __init__(self, desk: Desk) -> None:
        super().__init__(id="files-tree")
        self._desk = desk
        ascii_only = desk.glyphs.is_ascii
        self.line = FilterLine("by path: a part of it, or a glob such as /en/*.gz")
        self.line.styles.padding = (0, 1)
        self.line.select_on_focus = False  # what is there already is typed on
        self.table = FileRows(desk.glyphs, id="files")
        self.table.sort_key = SortBy.NAME
        self._title = Lines(ascii_only=ascii_only, id="files-title")
        self._side = Lines(ascii_only=ascii_only, id="files-side")
        self._bottom = Lines(ascii_only=ascii_only, id="files-bottom")
        if ascii_only:
            self._side.styles.border_left = ("ascii", "white")

    @override
    def compose(self) -> ComposeResult:
        yield self.line
        yield self._title
        with Horizontal():
            yield self.table
            yield self._side
        yield self._bottom

    def show_nothing(self, opening: Opening | None) -> None:
        """No file is listed (yet)."""
        glyphs, clock = self._desk.glyphs, self._desk.clock
        self._title.show([])
        self._side.display = self._bottom.display = False
        if opening is None:
            words = ""
        elif opening.error is not None:
            words = problem_words(opening.error)
        else:
            seconds = clock() - opening.began
            words = opening_words(opening.text, seconds, opening.wait, glyphs)
        self.table.set_empty(words)
        self.table.show([])

    def show_files(self, repo: RepoFiles, opening: Opening | None, wrong: str) -> None:
        """`wrong` is what is wrong with the filter as it is typed."""
        glyphs, width = self._desk.glyphs, self.app.size.width
        if repo.filter is not None or wrong:
            lines = [found_line(repo, wrong, glyphs, width)]
        else:
            lines = [repo_line(repo, opening.wait if opening else 0.0, glyphs, width)]
        refused = refused_line(repo.listing, glyphs, width)
        if opening is not None and opening.error is not None:
            refused = [(f" {glyphs.warn} {opening.error}", "warn")]
        self._title.show([*lines, refused] if refused else lines)
        self.table.set_empty(empty_words(repo))
        self.table.show(FileSource(repo.rows, repo.selection, glyphs))

    def show_picks(self, repo: RepoFiles, weighed: Weighed | None, destination: str) -> None:
        """Beside the files where there is room, else below them."""
        glyphs, width = self._desk.glyphs, self.app.size.width
        picked = Picked(repo, self._desk.store, weighed, destination)
        is_wide = width >= WIDE
        self._side.display, self._bottom.display = is_wide, True
        if is_wide:
            pane = _WIDER_PANE if width >= _WIDER_SCREEN else _PANE
            if self._side.styles.width is None or self._side.styles.width.value != pane:
                self._side.styles.width = pane
            height = max(1, self.table.size.height)
            self._side.show(picked_lines(picked, glyphs, pane - _EDGE, height))
        self._bottom.show(bottom_lines(picked, glyphs, width, is_wide=is_wide))
