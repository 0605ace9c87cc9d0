"""Asks which repo to open: a line to type in, and below it what may be meant."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Final

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.message import Message
from textual.timer import Timer
from textual.widgets import Input
from typing_extensions import override

from hfdl_core.errors import HfdlError
from hfdl_core.hub import SearchHit
from hfdl_tui.dashboard.desk import Desk
from hfdl_tui.dashboard.dialogs.detail import Detail
from hfdl_tui.dashboard.errands import Errand
from hfdl_tui.dashboard.lines import Lines
from hfdl_tui.dashboard.panes.machine_facts import MachineFacts
from hfdl_tui.dashboard.table.rows import Rows
from hfdl_tui.dashboard.view.drawing.spans import Spans, cut, fitted
from hfdl_tui.dashboard.view.files.hub_advice import what_to_do
from hfdl_tui.dashboard.view.files.recents import RecentRepo, RecentRepos
from hfdl_tui.dashboard.view.files.repo_choices import (
    CHOICE_COLUMNS,
    RepoChoice,
    choices,
    is_bare,
    lost_job_lines,
    only_meant,
    split_revision,
)
from hfdl_tui.dashboard.view.files.search import Latest

_ASK_AFTER_SECONDS: Final = 0.4  # of no typing
_QUESTION: Final[list[Spans]] = [
    [(" Which repo?", "bold"), (" owner/name or a huggingface.co link", "")],
    [("with a revision: owner/name@v1.0", "dim")],
]
_HINT: Final[list[Spans]] = [
    [(" enter opens it, down goes to the list", "dim")],
    [("no network? hfdl demo shows it all", "dim")],
]
_NOTHING: Final = "Nothing was opened here yet.\n\nType a name above, or run: hfdl demo"


class RepoInput(Input):
    """The arrow down leads into the list."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "down",
            "app.focus_next",
            "to the list",
            show=False,
            id="repo.down",
            tooltip="In the question for a repo: to the list below",
        )
    ]


class RepoChooser(Vertical):
    """Tells which repo is wanted; the page opens it."""

    DEFAULT_CSS = """
    RepoChooser RepoInput { height: 1; border: none; background: $surface; }
    """

    @dataclass
    class Wanted(Message):
        """Open this one, at this revision or at the default one."""

        text: str
        revision: str | None

    def __init__(self, desk: Desk) -> None:
        super().__init__(id="files-choose")
        self._desk = desk
        self._facts = MachineFacts(desk)
        self._recents: Sequence[RecentRepo] = ()
        self._hits: Sequence[SearchHit] = ()
        self._choices: dict[str, RepoChoice] = {}  # by the key of its row
        self._latest = Latest()
        self._soon: Timer | None = None
        self._said: Spans = []  # about the search
        ascii_only = desk.glyphs.is_ascii
        self._question = Lines(ascii_only=ascii_only, id="files-question")
        self._input = RepoInput(placeholder="owner/name", id="files-repo")
        self._input.styles.padding = (0, 1)
        self._note = Lines(ascii_only=ascii_only, id="files-note")
        self._rows = Rows(CHOICE_COLUMNS, empty=_NOTHING, glyphs=desk.glyphs, id="files-choices")

    @override
    def compose(self) -> ComposeResult:
        yield self._question
        yield self._input
        yield self._note
        yield self._rows

    def read(self) -> None:
        """What this machine remembers."""

        def known(recents: list[RecentRepo]) -> None:
            self._recents = recents
            self.show()

        recents = RecentRepos.of_this_machine
        self._desk.orders.send(Errand(lambda: recents().repos(), known, self._failed))
        self._facts.read(self.show)

    def ask(self, *, in_list: bool = False) -> None:
        """Put the cursor there."""
        (self._rows if in_list else self._input).focus()

    def show(self) -> None:
        width = self.app.size.width
        self._question.show([fitted(_QUESTION, width)])
        lost = self._facts.forgotten()
        view = self._desk.store.view
        jobs = view.jobs if view is not None else ()
        found = choices(self._input.value, self._hits, jobs, self._recents, lost)
        self._choices = {choice.key: choice for choice in found}
        self._rows.show([choice.row() for choice in self._choices.values()])
        self._note.show([cut(self._said, width) if self._said else fitted(_HINT, width)])

    @property
    def chosen_command(self) -> str | None:
        """Of the lost job under the cursor."""
        choice = self._choices.get(self._rows.cursor_key or "")
        return choice.job.command if choice and choice.job and self._rows.has_focus else None

    @on(Input.Changed)
    def _type(self, event: Input.Changed) -> None:
        event.stop()
        self._latest.begin()
        self._hits, self._said = (), []
        if self._soon is not None:
            self._soon.stop()
        text = split_revision(event.value)[0]
        if text and "://" not in text:
            self._soon = self.set_timer(_ASK_AFTER_SECONDS, self._search)
        self.show()

    @on(Input.Submitted)
    def _submit(self, event: Input.Submitted) -> None:
        event.stop()
        text, revision = split_revision(event.value)
        meant = only_meant(text, self._hits)
        if meant is not None:
            self.post_message(self.Wanted(meant, revision))
        elif text and not (is_bare(text) and self._hits):
            self.post_message(self.Wanted(text, revision))
        else:
            self.ask(in_list=True)

    @on(Rows.Chosen)
    def _choose(self, event: Rows.Chosen) -> None:
        event.stop()
        choice = self._choices[event.key]
        if choice.job is None:
            self.post_message(self.Wanted(choice.repo, choice.revision or None))
        else:
            ascii_only = self._desk.glyphs.is_ascii
            self.app.push_screen(
                Detail("Lost job", lost_job_lines(choice.job), ascii_only=ascii_only)
            )

    def _search(self) -> None:
        wanted, _ = split_revision(self._input.value)
        is_outdated = self._latest.begin()
        self._said = [(f" searching the Hub {self._desk.glyphs.ellipsis}", "dim")]

        def found(hits: list[SearchHit]) -> None:
            if not is_outdated():
                self._hits = hits
                none = "the Hub finds no such name; enter tries it all the same"
                self._say("" if hits else none)

        def failed(error: HfdlError) -> None:
            if not is_outdated():
                self._say(f"{what_to_do(error).title}: {error}")

        def search() -> list[SearchHit]:
            return [] if is_outdated() else self._desk.browser.search(wanted)

        self._desk.hub.send(Errand(search, found, failed))
        self.show()

    def _say(self, text: str) -> None:
        self._said = [(f" {text}", "dim")] if text else []
        self.show()

    def _failed(self, error: HfdlError) -> None:
        self._say(str(error))
