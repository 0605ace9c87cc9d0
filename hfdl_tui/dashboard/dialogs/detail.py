"""Shows a text that is too long for its row, whole."""

from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from typing_extensions import override

from hfdl_tui.dashboard.dialogs.copy_text import CopyText
from hfdl_tui.dashboard.dialogs.dialog import Dialog
from hfdl_tui.dashboard.view.drawing.spans import Spans, copyable


class Detail(Dialog[None]):
    """Scrolls; `y` offers the same text for copying."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("y", "copy", "copy", id="detail_copy", tooltip="The text alone, to be copied"),
        Binding("enter,q", "close", "close", show=False, id="detail_close"),
    ]
    HINT = "y copies · esc closes"
    SCROLLS = True

    def __init__(self, title: str, lines: Sequence[Spans], *, ascii_only: bool = False) -> None:
        super().__init__(title, ascii_only=ascii_only)
        self._lines = list(lines)

    @override
    def body(self) -> ComposeResult:
        yield self.lines(*self._lines)

    def action_copy(self) -> None:
        self.app.push_screen(CopyText(copyable(self._lines)))
