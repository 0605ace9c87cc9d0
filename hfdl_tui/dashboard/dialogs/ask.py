"""Asks for one line of text, and says at once what is wrong with it."""

from collections.abc import Callable

from textual.app import ComposeResult
from textual.widgets import Input
from typing_extensions import override

from hfdl_tui.dashboard.dialogs.dialog import Dialog
from hfdl_tui.dashboard.lines import Lines


class Ask(Dialog[str]):
    """Answers the text once `check` has nothing against it; None for escape."""

    DEFAULT_CSS = """
    Ask Input { margin-top: 1; background: $panel; }
    """
    HINT = "enter does it · esc leaves it"

    def __init__(
        self,
        title: str,
        question: str,
        check: Callable[[str], str | None],
        *,
        value: str = "",
        placeholder: str = "",
        ascii_only: bool = False,
    ) -> None:
        super().__init__(title, ascii_only=ascii_only)
        self._question = question
        self._check = check
        self._value = value
        self._placeholder = placeholder

    @override
    def body(self) -> ComposeResult:
        yield self.lines(*([(line, "")] for line in self._question.splitlines()))
        yield Input(self._value, placeholder=self._placeholder, compact=True)
        yield Lines(ascii_only=self.ascii_only, id="verdict")

    def on_input_changed(self, event: Input.Changed) -> None:
        self._tell(self._check(event.value) if event.value else None)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        wrong = self._check(event.value)
        if wrong is None:
            self.dismiss(event.value)
        else:
            self._tell(wrong)

    def _tell(self, wrong: str | None) -> None:
        self.query_one("#verdict", Lines).show([[(wrong or "", "warn")]])
