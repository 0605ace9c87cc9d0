"""The page of files: choose a repo, look through it, pick, and hand over to the launch dialog."""

from typing import ClassVar, Final

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.events import ScreenResume
from textual.timer import Timer
from typing_extensions import override

from hfdl_core.errors import HfdlError, UsageError
from hfdl_tui.dashboard.desk import Desk
from hfdl_tui.dashboard.dialogs.card import Card
from hfdl_tui.dashboard.dialogs.launch import LaunchDialog
from hfdl_tui.dashboard.errands import Errand
from hfdl_tui.dashboard.keys import bindings_of
from hfdl_tui.dashboard.page import Page
from hfdl_tui.dashboard.repo.files_panes import FilesPanes
from hfdl_tui.dashboard.repo.repo_browsing import RepoBrowsing
from hfdl_tui.dashboard.repo.repo_chooser import RepoChooser
from hfdl_tui.dashboard.view.files.files_words import NOT_OPEN, why_no_job
from hfdl_tui.wording.printable import printable

_WEIGH_AFTER_SECONDS: Final = 0.3  # of no picking
_HIDDEN: Final = "esc goes back to the repo that is open; there n launches"
_NEEDS_REPO: Final = frozenset({"filter", "glob", "card"})


class FilesPage(Page):
    """Nothing is ordered here: `n` opens the dialog that asks."""

    NAME = "files"
    BINDINGS: ClassVar[list[BindingType]] = list(bindings_of("files"))
    AUTO_FOCUS = ""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._wish: tuple[object, ...] | None = None  # the picks of which a job is wanted
        self._weigh_soon: Timer | None = None
        self._browsing = RepoBrowsing(desk, self.repaint, self._launch_weighed)
        self._chooser = RepoChooser(desk)
        self._panes = FilesPanes(desk, self._browsing)
        self._panes.display = False

    @override
    def body(self) -> ComposeResult:
        yield self._chooser
        yield self._panes

    def on_mount(self) -> None:
        self._chooser.read()

    def on_unmount(self) -> None:
        self._browsing.stop()

    @override
    def on_screen_resume(self, _event: ScreenResume) -> None:
        if self.focused is None and self._chooser.display:
            # Whoever has jobs came to look around: the number keys shall not fall into the line.
            view = self.desk.store.view
            self._chooser.ask(in_list=view is not None and bool(view.jobs))

    def ask_repo(self) -> None:
        """Show the question, with the cursor in its line."""
        self._turn_to(is_question=True)
        self._chooser.read()
        self._chooser.ask()

    @override
    def show(self) -> None:
        if self._chooser.display:
            self._chooser.show()
            return
        self._panes.show()
        if not self._shall_weigh:
            return
        if self._wish is not None:
            self._weigh()
        elif self._weigh_soon is None:
            self._weigh_soon = self.set_timer(_WEIGH_AFTER_SECONDS, self._weigh)

    @override
    def why_no_act(self, action: str) -> str | None:
        browsing = self._browsing
        if action in _NEEDS_REPO and browsing.repo is None:
            return NOT_OPEN
        if action == "list_again":
            return browsing.why_not_again()
        if action == "new_job":
            is_hidden = browsing.repo is not None and self._chooser.display
            return _HIDDEN if is_hidden else why_no_job(browsing.repo, browsing.wrong)
        return super().why_no_act(action)

    @override
    def text_to_copy(self) -> str:
        """The path under the cursor, or the command of a lost job."""
        if self._chooser.display:
            return self._chooser.chosen_command or super().text_to_copy()
        return printable(self._panes.table.cursor_key or "") or super().text_to_copy()

    # --- keys ------------------------------------------------------------------------------------

    @override
    def action_back(self) -> None:
        if not self._chooser.display and self._panes.line.is_open:
            self._panes.line.close()
            self._panes.table.focus()
            self.repaint()
        elif self._chooser.display and self._browsing.opening is not None:
            self._turn_to(is_question=False)
        else:
            super().action_back()

    @override
    def action_look_now(self) -> None:
        super().action_look_now()
        opening = self._browsing.opening
        if opening is not None and opening.error is not None:
            self.action_list_again()

    def action_filter(self) -> None:
        self._turn_to(is_question=False)
        self._panes.line.open()
        self.repaint()

    def action_glob(self) -> None:
        """A star makes it a glob, whatever is typed after it."""
        self.action_filter()
        line = self._panes.line
        if not line.value:
            line.value = "*"
            line.action_end()

    def action_list_again(self) -> None:
        self._panes.line.close()
        self._browsing.again()
        self._turn_to(is_question=False)

    def action_card(self) -> None:
        desk, repo = self.desk, self._browsing.repo
        assert repo is not None  # noqa: S101 - why_no_act has looked
        snapshot = repo.listing.snapshot

        def read(text: str | None) -> None:
            if text is None:
                desk.flash(f"{snapshot.repo_id} has no README.md")
            elif self.is_current:
                self.app.push_screen(Card(desk, snapshot.repo_id, text))

        def refused(error: HfdlError) -> None:
            desk.flash(str(error), is_bad=True)

        desk.flash("reading the README")
        desk.hub.send(Errand(lambda: desk.browser.card(snapshot), read, refused))

    def action_new_job(self) -> None:
        """At once, or once it is known what is picked and by which globs."""
        repo = self._browsing.repo
        assert repo is not None  # noqa: S101 - why_no_act has looked
        self._wish = repo.picks
        if self._browsing.weighed is None:
            self.desk.flash("looking at what is picked")
            self.repaint()
        else:
            self._launch_weighed()

    # --- the question ----------------------------------------------------------------------------

    @on(RepoChooser.Wanted)
    def _open_wanted(self, event: RepoChooser.Wanted) -> None:
        self._panes.line.close()
        self._browsing.open(event.text, event.revision)
        self._turn_to(is_question=False)

    def _turn_to(self, *, is_question: bool) -> None:
        self._wish = None  # something else is wanted now
        if self._chooser.display is not is_question:
            self._chooser.display = is_question
            self._panes.display = not is_question
        if not is_question:
            self.set_focus(self._panes.table)  # at once: a filter may take it right after
        self.repaint()

    # --- the job ---------------------------------------------------------------------------------

    @property
    def _shall_weigh(self) -> bool:
        return self._browsing.shall_weigh and not self._panes.is_typing

    def _weigh(self) -> None:
        if self._weigh_soon is not None:
            self._weigh_soon.stop()
            self._weigh_soon = None
        if self._shall_weigh:
            self._browsing.weigh()

    def _launch_weighed(self) -> None:
        """Only of what was picked when it was asked for, and where nobody does anything else."""
        self._browsing.changed()
        repo = self._browsing.repo
        if repo is None or self._browsing.weighed is None:
            return
        wish, self._wish = self._wish, None
        is_busy = self._panes.line.has_focus or not self.is_current
        if wish != repo.picks or is_busy:
            return
        reason = self.why_not("new_job")
        if reason is not None:
            self.desk.flash(reason, is_bad=True)
            return
        try:
            choice = self._browsing.choice()
        except UsageError as error:
            self.desk.flash(str(error), is_bad=True)
        else:
            self.app.push_screen(LaunchDialog(self.desk, choice))
