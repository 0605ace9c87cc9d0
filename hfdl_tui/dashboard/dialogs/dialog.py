"""The frame of every dialog: a box in the middle that escape closes."""

from typing import ClassVar, Final, TypeVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.screen import ModalScreen
from textual.widgets import Static
from typing_extensions import override

from hfdl_tui.dashboard.calm_screen import CalmScreen
from hfdl_tui.dashboard.lines import content_of
from hfdl_tui.dashboard.view.drawing.spans import Spans

Answer = TypeVar("Answer")

_MOVES: Final = (
    ("up,k", "scroll_up"),
    ("down,j", "scroll_down"),
    ("pageup", "page_up"),
    ("pagedown,space", "page_down"),
    ("home,g", "scroll_home"),
    ("end,G", "scroll_end"),
)


class Box(VerticalScroll):
    """Scrolls where the screen is too low for what stands in it."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(keys, action, show=False) for keys, action in _MOVES
    ]


class Dialog(ModalScreen[Answer], CalmScreen[Answer]):
    """The title stands in the frame, and below it what the keys do; escape answers None."""

    DEFAULT_CSS = """
    Dialog { align: center middle; }
    Dialog > Box {
        width: 80%; max-width: 100; height: auto; max-height: 100%;
        border: round $primary; border-title-color: $foreground; border-title-style: bold;
        border-subtitle-color: $rows-dim;
        background: $surface; padding: 0 1; scrollbar-size-vertical: 1;
    }
    Dialog.-narrow > Box { width: 92%; }
    Dialog .buttons { height: 1; margin-top: 1; align: right middle; }
    Dialog Button, Dialog Button.-primary {
        width: auto; min-width: 6; height: 1; border: none; margin-left: 2; padding: 0 1;
        background: $panel; color: $foreground;
    }
    Dialog Button:focus, Dialog Button.-primary:focus {
        background: $rows-cursor-ground; color: $rows-cursor-text; text-style: bold !important;
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "close", "close", id="dialog_close", tooltip="Close without doing it")
    ]
    # Only here: whatever has such classes is matched anew with all rules when they change.
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (100, "-wide")]  # noqa: RUF012
    VERTICAL_BREAKPOINTS = [(0, "-short"), (30, "-tall")]  # noqa: RUF012
    HINT: ClassVar[str] = "esc closes"
    SCROLLS: ClassVar[bool] = False  # nothing in it takes the keys that move

    def __init__(self, title: str, *, ascii_only: bool = False) -> None:
        super().__init__()
        self._title = title
        self.ascii_only = ascii_only

    @override
    def compose(self) -> ComposeResult:
        with Box(can_focus=self.SCROLLS) as box:
            box.border_title = content_of([[(self._title, "")]], ascii_only=self.ascii_only)
            box.border_subtitle = content_of([[(self.HINT, "")]], ascii_only=self.ascii_only)
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
