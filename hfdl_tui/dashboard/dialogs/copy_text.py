"""A screen of plain text, without frames and mouse, from which a terminal can copy."""

from typing import ClassVar, Final

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.screen import ModalScreen
from textual.widgets import Static
from typing_extensions import override

from hfdl_tui.dashboard.dialogs.dialog import Box
from hfdl_tui.dashboard.lines import content_of
from hfdl_tui.dashboard.terminal import mouse_off, mouse_on
from hfdl_tui.wording.printable import printable

# Never "copied": a terminal does not tell whether it took the text, and some ignore it.
_NOTE: Final = "sent to the terminal; else select it here with the mouse - esc: back"


class CopyText(ModalScreen[None]):
    """While it is up the terminal's own selection works; the text is sent by OSC 52, too."""

    DEFAULT_CSS = """
    CopyText { background: $background; }
    CopyText Static { width: 1fr; }
    CopyText Box { scrollbar-size-vertical: 0; }
    CopyText #note { dock: bottom; height: 1; color: $rows-dim; text-wrap: nowrap; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,y,enter", "close", "back", id="copy_close", tooltip="Back")
    ]

    def __init__(self, text: str) -> None:
        super().__init__()
        # What is pasted into a shell later shall hold nothing that a name smuggled in.
        self._lines = [printable(line) for line in text.splitlines()]

    @override
    def compose(self) -> ComposeResult:
        with Box():
            yield Static(content_of([[(line, "")] for line in self._lines]), markup=False)
        yield Static(_NOTE, markup=False, id="note")

    def on_mount(self) -> None:
        mouse_off(self.app)
        self.app.copy_to_clipboard("\n".join(self._lines))

    def action_close(self) -> None:
        # Not at unmount: when hfdl ends while this is up, its terminal is left already.
        mouse_on(self.app)
        self.dismiss(None)
