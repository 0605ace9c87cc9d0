"""Asks where a download shall go and what of it, shows what that takes, and launches it."""

from dataclasses import replace
from typing import ClassVar, Final

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.geometry import Size
from textual.timer import Timer
from textual.widgets import Button, Input
from typing_extensions import override

from hfdl_core.errors import HfdlError, QueueUnavailable, UsageError
from hfdl_core.master import JobRequest
from hfdl_core.models import JobId
from hfdl_tui.dashboard.desk import Desk
from hfdl_tui.dashboard.dialogs.copy_text import CopyText
from hfdl_tui.dashboard.dialogs.counter import Counter
from hfdl_tui.dashboard.dialogs.dialog import Box, Dialog
from hfdl_tui.dashboard.dialogs.launch_fields import LaunchFields, Moves
from hfdl_tui.dashboard.lines import Lines
from hfdl_tui.dashboard.view.drawing.spans import Spans
from hfdl_tui.dashboard.view.launch import launch_words as words
from hfdl_tui.dashboard.view.launch.launching import LaunchChoice, request_of
from hfdl_tui.operations.launching import command_for
from hfdl_tui.operations.orders import Launch, Outcome

_TYPING_SECONDS: Final = 0.4  # a pause that long ends a change
_LOOK_SECONDS: Final = 1.0
_GOES_ON: Final = "the launch goes on without its dialog; what comes of it is told here"


class _Buttons(Horizontal):
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left,h", "app.focus_previous", "the button before", show=False),
        Binding("right,l", "app.focus_next", "next button", show=False),
    ]


class LaunchDialog(Dialog[JobId]):
    """Answers the id of the job that was launched, which is looked at then; None for escape."""

    DEFAULT_CSS = """
    LaunchDialog #facts { margin-top: 1; }
    LaunchDialog #verdict { margin-top: 1; }
    LaunchDialog.-short #facts, LaunchDialog.-short #verdict { margin-top: 0; }
    LaunchDialog.-short .buttons { margin-top: 0; }
    LaunchDialog Button.-greyed { color: $rows-dim; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("y", "copy", "copy", id="launch_copy", tooltip="The line for another machine"),
        Binding("ctrl+r", "count", "count", id="launch_count", tooltip="Count again"),
    ]
    HINT = "tab moves · enter launches · esc closes"

    def __init__(self, desk: Desk, choice: LaunchChoice) -> None:
        title = f"Download {choice.repo_id} ({choice.repo_type}, {choice.revision})"
        super().__init__(title, ascii_only=desk.glyphs.is_ascii)
        self._desk = desk
        self._choice = choice
        self._fields = LaunchFields(choice, ascii_only=self.ascii_only)
        self._form = self._fields.form
        self._request: JobRequest | None = None  # what stands in the fields, where it is one
        self._wrong: HfdlError | None = None  # with what was typed
        self._failure: HfdlError | None = None  # of the launch itself
        self._under_way: str | None = None  # how far the launch is
        self._is_closed = False
        self._pause: Timer | None = None
        self._seen = Size(0, 0)
        self._facts = Lines(ascii_only=self.ascii_only, id="facts")
        self._verdict = Lines(ascii_only=self.ascii_only, id="verdict")
        self._counter = Counter(desk, choice, self._paint)
        self._read_form()

    @override
    def body(self) -> ComposeResult:
        with Moves():
            yield self._fields
            yield self._facts
            yield self._verdict
            with _Buttons(classes="buttons"):
                for name, label in (
                    ("launch", "Launch"),
                    ("copy", "Copy line"),
                    ("close", "Close"),
                ):
                    yield Button(Content(f"[ {label} ]"), id=name, compact=True)

    def on_mount(self) -> None:
        self.query("#launch").focus()  # where there is one: the app may be left in this moment
        self.set_interval(_LOOK_SECONDS, self._look)
        self._count()

    def on_unmount(self) -> None:
        self._is_closed = True
        self._counter.end()

    # --- what is typed and pressed --------------------------------------------------------------

    def on_input_changed(self) -> None:
        self._see_changes()

    def on_picked(self) -> None:
        self._see_changes()

    def on_input_submitted(self, _event: Input.Submitted) -> None:
        self.query_one("#launch", Button).focus()

    def on_button_pressed(self, event: Button.Pressed) -> None:
        match event.button.id:
            case "launch":
                self._launch()
            case "copy":
                self.action_copy()
            case _:
                self.action_close()

    def action_count(self) -> None:
        """Ask the Hub and the disk anew."""
        self._counter.distrust()
        self._count()

    def action_copy(self) -> None:
        if self._request is not None and self._under_way is None:
            self.app.push_screen(CopyText(command_for(self._request)))

    @override
    def action_close(self) -> None:
        if self._under_way is not None:
            self._desk.flash(_GOES_ON)
        self._is_closed = True
        self.dismiss(None)

    def _see_changes(self) -> None:
        before, self._form = self._form, self._fields.form
        if before == self._form:
            return
        self._failure = None
        self._read_form()
        if replace(before, replace=self._form.replace) != self._form:
            self._counter.forget()
            self._stop_pause()
            self._pause = self.set_timer(_TYPING_SECONDS, self._count)
        self._paint()

    def _read_form(self) -> None:
        try:
            self._request, self._wrong = request_of(self._choice, self._form), None
        except UsageError as error:
            self._request, self._wrong = None, error

    def _count(self) -> None:
        self._stop_pause()
        if self._request is not None:
            self._counter.count(self._request)
        self._paint()

    def _stop_pause(self) -> None:
        if self._pause is not None:
            self._pause.stop()

    # --- the launch itself ----------------------------------------------------------------------

    def _launch(self) -> None:
        if self._request is None or self._why_not():
            return  # the reason stands above the button
        self._counter.stop()
        self._failure = None
        self._planning("planning …")
        self._desk.order(
            Launch(self._request),
            on_done=self._launched,
            on_failed=self._failed,
            on_told=self._planning,
        )

    def _planning(self, text: str) -> None:
        self._under_way = text
        self._paint()

    def _failed(self, error: HfdlError) -> None:
        self._under_way, self._failure = None, error
        self._paint()

    def _launched(self, outcome: Outcome) -> None:
        if self._is_closed:
            return
        self._is_closed = True
        self._desk.look_at(outcome.job_id)
        self.dismiss(outcome.job_id)
        self.app.switch_mode("overview")

    # --- what is shown --------------------------------------------------------------------------

    def _why_not(self) -> list[Spans]:
        """Why it cannot be launched now, as lines; none when it can."""
        estimate = self._counter.estimate
        error = self._wrong or self._counter.error
        if self._under_way is not None:
            return [[(self._under_way, "accent")], [("esc closes this; the launch goes on", "dim")]]
        if (reason := self._desk.why_no_order()) is not None:
            return [[(reason, "warn")]]
        if error is not None:
            return words.error_lines(error)
        if estimate is not None and estimate.is_hopeless:
            return [[(words.why_too_small(estimate), "failed")]]
        if estimate is None or not estimate.is_enough or not self._counter.is_current:
            return [[(words.STILL_COUNTING, "dim")]]
        return []

    def _look(self) -> None:
        if isinstance(self._counter.error, QueueUnavailable) and self._desk.link.is_up:
            self._count()  # Redis is back
        self._paint()

    def _paint(self) -> None:
        if self._is_closed or not self.is_mounted:
            return
        estimate = self._counter.estimate
        store, delivery = self._desk.store, self._form.delivery
        facts = [
            words.place_line(estimate),
            words.totals_line(estimate, self._counter.told),
            words.time_line(estimate, store, delivery),
        ]
        if self._request is not None:
            facts.append(words.command_line(command_for(self._request)))
        self._facts.show(facts)
        why_not = self._why_not()
        failed = [] if self._failure is None else words.error_lines(self._failure)
        self._verdict.show(failed or why_not or [[("nothing has begun yet", "dim")]])
        self.query("#launch").set_class(bool(why_not), "-greyed")
        self.call_after_refresh(self._keep_in_view)

    def _keep_in_view(self) -> None:
        """On a low screen the lines above push what has the focus down."""
        box = self.query_one(Box)
        if self.focused is not None and box.virtual_size != self._seen:
            self._seen = box.virtual_size
            self.focused.scroll_visible(animate=False)
