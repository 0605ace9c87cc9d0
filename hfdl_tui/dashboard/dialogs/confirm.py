"""Asks before what cannot be undone; No is the default."""

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.widgets import Button
from typing_extensions import override

from hfdl_tui.dashboard.dialogs.dialog import Dialog


class Confirm(Dialog[bool]):
    """Answers True for yes; False, or None for escape, otherwise."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("y", "answer(True)", "yes", id="confirm_yes", tooltip="Do it"),
        Binding("n", "answer(False)", "no", id="confirm_no", tooltip="Leave it"),
        Binding("left,right", "other_button", "other button", show=False, id="confirm_other"),
    ]

    def __init__(
        self, title: str, question: str, *, yes: str, no: str = "No", ascii_only: bool = False
    ) -> None:
        super().__init__(title, ascii_only=ascii_only)
        self._question = question
        self._yes = yes
        self._no = no

    @override
    def body(self) -> ComposeResult:
        yield self.lines(*([(line, "")] for line in self._question.splitlines()))
        with Horizontal(classes="buttons"):
            yield Button(self._yes, id="yes", compact=True)
            yield Button(self._no, id="no", variant="primary", compact=True)

    def on_mount(self) -> None:
        self.query_one("#no", Button).focus()

    def on_button_pressed(self, event: Button.Pressed) -> None:
        self.dismiss(event.button.id == "yes")

    def action_answer(self, answer: bool) -> None:
        self.dismiss(answer)

    def action_other_button(self) -> None:
        self.focus_next()
