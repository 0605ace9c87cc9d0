"""The frame of every dialog: a box in the middle that escape closes."""

from typing import ClassVar, TypeVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Static
from typing_extensions import override

from hfdl_tui.dashboard.lines import content_of
from hfdl_tui.dashboard.view.spans import Spans

Answer = TypeVar("Answer")


class Dialog(ModalScreen[Answer]):
    """`title` stands in the frame; escape answers None, or what `on_escape` says."""

    DEFAULT_CSS = """
    Dialog { align: center middle; }
    Dialog > Vertical {
        width: 80%; max-width: 100; min-width: 50; height: auto; max-height: 90%;
        border: round $border; background: $surface; padding: 0 1;
    }
    Dialog Horizontal.buttons { height: auto; align: right middle; }
    Dialog Button { margin-left: 2; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "close", "close", id="dialog_close", tooltip="Close without doing it")
    ]
    TITLE_TEXT: ClassVar[str] = ""

    def __init__(self, title: str, *, ascii_only: bool = False) -> None:
        super().__init__()
        self._title = title
        self.ascii_only = ascii_only

    @override
    def compose(self) -> ComposeResult:
        with Vertical() as box:
            box.border_title = content_of([[(self._title, "bold")]], ascii_only=self.ascii_only)
            if self.ascii_only:
                box.styles.border = ("ascii", "white")
            yield from self.body()

    def body(self) -> ComposeResult:
        """What stands in the box."""
        raise NotImplementedError

    def lines(self, *lines: Spans, id: str | None = None) -> Static:  # noqa: A002 - Textual's own name
        """Text that came from anywhere, drawn as it is."""
        return Static(content_of(list(lines), ascii_only=self.ascii_only), markup=False, id=id)

    def action_close(self) -> None:
        self.dismiss(None)
