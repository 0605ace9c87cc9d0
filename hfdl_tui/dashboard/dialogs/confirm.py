"""Asks before what cannot be undone; No is the default."""

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.widgets import Button
from typing_extensions import override

from hfdl_tui.dashboard.dialogs.dialog import Dialog
from hfdl_tui.wording.printable import printable


class Confirm(Dialog[bool]):
    """Answers True for yes; False, or None for escape, otherwise."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("y", "answer(True)", "yes", id="confirm_yes", tooltip="Do it"),
        Binding("n", "answer(False)", "no", id="confirm_no", tooltip="Leave it"),
        Binding("left,right,h,l", "other_button", "other button", show=False, id="confirm_other"),
    ]
    HINT = "y yes · n no · enter: the lit one"

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
            yield _button(self._yes, "yes")
            yield _button(self._no, "no")

    def on_mount(self) -> None:
        self.query("#no").focus()  # where there is one: the app may be left in this moment

    def on_button_pressed(self, event: Button.Pressed) -> None:
        self.dismiss(event.button.id == "yes")

    def action_answer(self, answer: bool) -> None:
        self.dismiss(answer)

    def action_other_button(self) -> None:
        other = "#yes" if self.query_one("#no", Button).has_focus else "#no"
        self.query_one(other, Button).focus()


def _button(label: str, name: str) -> Button:
    """Its frame tells it from text where there are no colours."""
    return Button(Content(f"[ {printable(label)} ]"), id=name, compact=True)
