"""The widgets below the title of the page of files: filter, files, and what is picked."""

from typing import Final

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.timer import Timer
from textual.widgets import Input
from typing_extensions import override

from hfdl_tui.dashboard.desk import Desk
from hfdl_tui.dashboard.dialogs.detail import Detail
from hfdl_tui.dashboard.filter_line import FilterLine
from hfdl_tui.dashboard.lines import Lines
from hfdl_tui.dashboard.repo.file_rows import FileRows
from hfdl_tui.dashboard.repo.repo_browsing import RepoBrowsing
from hfdl_tui.dashboard.table.rows import Rows
from hfdl_tui.dashboard.view.files.file_rows import FileSource
from hfdl_tui.dashboard.view.files.files_words import (
    empty_words,
    ended_line,
    file_lines,
    found_line,
    opening_words,
    problem_words,
    refused_lines,
    repo_line,
)
from hfdl_tui.dashboard.view.files.picked_pane import Picked, bottom_lines, picked_lines
from hfdl_tui.dashboard.view.files.repo_files import RepoFiles
from hfdl_tui.dashboard.view.files.tree_rows import SortBy, TreeOrder
from hfdl_tui.dashboard.view.headline import WIDE

_FILTER_AFTER_SECONDS: Final = 0.1  # of no typing
_PANE, _WIDER_PANE, _WIDER_SCREEN = 36, 48, 150  # columns
_EDGE: Final = 1  # of the pane, drawn at its left


class FilesPanes(Vertical):
    """Paints what is browsed, and does what is asked of its rows; its page has the other keys."""

    DEFAULT_CSS = """
    FilesPanes #files-side { width: 36; height: 1fr; border-left: solid $rows-dim; }
    """

    def __init__(self, desk: Desk, browsing: RepoBrowsing) -> None:
        super().__init__(id="files-tree")
        self._desk = desk
        self._browsing = browsing
        self._filter_soon: Timer | None = None
        self._pane = 0  # columns that it was given
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

    @property
    def is_typing(self) -> bool:
        """Whether a filter is typed that says what a job would take."""
        repo = self._browsing.repo
        return self.line.has_focus and repo is not None and not repo.selection.count

    def show(self) -> None:
        """What is known of the repo that was asked for."""
        repo = self._browsing.repo
        if repo is None:
            self._show_nothing()
            return
        self._show_title(repo)
        self.table.set_empty(empty_words(repo))
        self.table.show(FileSource(repo.rows, repo.selection, self._desk.glyphs))
        reached = self._browsing.reached()
        if reached is not None:
            self.table.move_to(reached)
        self._show_picks(repo)

    def _show_nothing(self) -> None:
        """No file is listed (yet)."""
        opening, glyphs = self._browsing.opening, self._desk.glyphs
        self._title.show([])
        self._side.display = self._bottom.display = False
        if opening is None:
            words = ""
        elif opening.error is not None:
            words = problem_words(opening.error)
        else:
            seconds = self._desk.clock() - opening.began
            words = opening_words(opening.text, seconds, opening.wait, glyphs)
        self.table.set_empty(words)
        self.table.show([])

    def _show_title(self, repo: RepoFiles) -> None:
        opening, wrong = self._browsing.opening, self._browsing.wrong
        glyphs, width = self._desk.glyphs, self.app.size.width
        if repo.filter is not None or wrong:
            is_typing = self.line.has_focus
            line = found_line(repo, wrong, glyphs, width, is_typing=is_typing)
        else:
            line = repo_line(repo, opening.wait if opening else 0.0, glyphs, width)
        refused = refused_lines(repo.listing, glyphs, width)
        if opening is not None and opening.error is not None:
            refused = [ended_line(opening.error, glyphs, width)]
        self._title.show([line, *refused])

    def _show_picks(self, repo: RepoFiles) -> None:
        """Beside the files where there is room, else below them."""
        glyphs, width, browsing = self._desk.glyphs, self.app.size.width, self._browsing
        picked = Picked(
            repo,
            self._desk.store,
            browsing.weighed,
            f"./{browsing.directory}",
            is_typing=self.is_typing,
            wrong=browsing.wrong,
        )
        is_wide = width >= WIDE
        self._side.display, self._bottom.display = is_wide, True
        if is_wide:
            pane = _WIDER_PANE if width >= _WIDER_SCREEN else _PANE
            if self._pane != pane:
                self._pane = pane
                self._side.styles.width = pane
            height = max(1, self.table.size.height)
            self._side.show(picked_lines(picked, glyphs, pane - _EDGE, height))
        self._bottom.show(bottom_lines(picked, glyphs, width, is_wide=is_wide))

    # --- the filter ------------------------------------------------------------------------------

    @on(Input.Changed)
    def _type_filter(self, event: Input.Changed) -> None:
        if self._filter_soon is not None:
            self._filter_soon.stop()
        if event.value.strip():
            self._filter_soon = self.set_timer(_FILTER_AFTER_SECONDS, self._filter_now)
        else:
            self._filter_now()

    @on(Input.Submitted)
    def _leave_filter(self, event: Input.Submitted) -> None:
        if not event.value:
            self.line.close()
        self._settle_filter()  # first: the next key may be on its way
        self.table.focus()

    @on(Input.Blurred)
    def _settle_filter(self) -> None:
        """Whichever way the line is left, the next key means what was typed."""
        if self._filter_soon is not None:
            self._filter_now()
        else:
            self._browsing.changed()

    def _filter_now(self) -> None:
        if self._filter_soon is not None:
            self._filter_soon.stop()
            self._filter_soon = None
        self._browsing.filter(self.line.value)

    # --- the table -------------------------------------------------------------------------------

    @on(Rows.Chosen)
    def _look_into(self, event: Rows.Chosen) -> None:
        repo, key = self._browsing.repo, event.key
        if repo is None:
            return
        if key.endswith("/"):
            repo.turn(key)
            self._browsing.changed()
        else:
            lines = file_lines(repo, key)
            self.app.push_screen(Detail("File", lines, ascii_only=self._desk.glyphs.is_ascii))

    @on(FileRows.Turned)
    def _turn_folder(self, event: FileRows.Turned) -> None:
        repo = self._browsing.repo
        if repo is not None:
            goal = repo.step(event.key, is_right=event.is_right)
            self._browsing.changed()
            if goal is not None:
                self.table.move_to(goal)

    @on(FileRows.Picked)
    def _pick(self, event: FileRows.Picked) -> None:
        repo = self._browsing.repo
        if repo is not None:
            repo.toggle(event.key)
            self._browsing.changed()

    @on(FileRows.AllPicked)
    def _pick_all(self) -> None:
        repo = self._browsing.repo
        if repo is None:
            return
        if repo.is_outdated:
            self._desk.flash("still searching: a picks what is found, once it is", is_bad=True)
        else:
            repo.toggle_all()
            self._browsing.changed()

    @on(FileRows.NonePicked)
    def _pick_none(self) -> None:
        repo = self._browsing.repo
        if repo is not None:
            repo.selection.clear()
            self._browsing.changed()

    @on(Rows.SortWanted)
    def _sort_rows(self, event: Rows.SortWanted) -> None:
        self.table.sort_key, self.table.sort_reverse = event.column, event.reverse
        self._browsing.sort(TreeOrder(SortBy(event.column), event.reverse))
