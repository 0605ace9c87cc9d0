"""Shows a text that is too long for its row, whole."""

from collections.abc import Sequence

from textual.app import ComposeResult
from textual.containers import VerticalScroll
from typing_extensions import override

from hfdl_tui.dashboard.dialogs.dialog import Dialog
from hfdl_tui.dashboard.view.spans import Spans


class Detail(Dialog[None]):
    """Scrolls; y on the page below offers the same text for copying."""

    DEFAULT_CSS = "Detail VerticalScroll { height: auto; max-height: 20; }"

    def __init__(self, title: str, lines: Sequence[Spans], *, ascii_only: bool = False) -> None:
        super().__init__(title, ascii_only=ascii_only)
        self._lines = list(lines)

    @override
    def body(self) -> ComposeResult:
        with VerticalScroll():
            yield self.lines(*self._lines)
        yield self.lines([("esc closes", "dim")])
