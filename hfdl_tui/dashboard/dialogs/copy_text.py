"""A screen of plain text, without frames and mouse, from which a terminal can copy."""

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.screen import ModalScreen
from textual.widgets import Static
from typing_extensions import override

from hfdl_tui.dashboard.desk import Desk
from hfdl_tui.dashboard.lines import content_of
from hfdl_tui.dashboard.terminal import mouse_off, mouse_on


class CopyText(ModalScreen[None]):
    """While it is up the terminal's own selection works; the text is sent by OSC 52, too."""

    DEFAULT_CSS = """
    CopyText { background: $background; }
    CopyText Static { width: auto; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,y,enter", "close", "back", id="copy_close", tooltip="Back")
    ]

    def __init__(self, text: str, desk: Desk) -> None:
        super().__init__()
        self._text = text
        self._desk = desk

    @override
    def compose(self) -> ComposeResult:
        lines = [[(line, "")] for line in self._text.splitlines()]
        with VerticalScroll():
            yield Static(content_of(list(lines)), markup=False)

    def on_mount(self) -> None:
        mouse_off(self.app)
        self.app.copy_to_clipboard(self._text)
        self._desk.flash("sent to the terminal (some ignore it: then select it here); esc: back")

    def on_unmount(self) -> None:
        mouse_on(self.app)

    def action_close(self) -> None:
        self.dismiss(None)
