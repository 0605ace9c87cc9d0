"""Shows the lines with which other machines join, and who has."""

from collections.abc import Sequence
from typing import ClassVar, Final

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from typing_extensions import override

from hfdl_tui.dashboard.desk import Desk
from hfdl_tui.dashboard.dialogs.copy_text import CopyText
from hfdl_tui.dashboard.dialogs.dialog import Dialog
from hfdl_tui.dashboard.lines import Lines
from hfdl_tui.dashboard.view.launch.joining import masked, who_joined
from hfdl_tui.wording.printable import printable

WARNING: Final = (
    "Whoever knows the password in the join line can take part, and read and change the queue."
)


class ShowJoin(Dialog[None]):
    """The password is masked; `y` shows and copies the lines whole."""

    DEFAULT_CSS = "ShowJoin #joined { margin-top: 1; }"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("y", "copy", "copy", id="join_copy", tooltip="The lines whole, to be copied")
    ]
    HINT = "y shows and copies all of it · esc closes"
    SCROLLS = True

    def __init__(self, desk: Desk, lines: Sequence[str]) -> None:
        super().__init__("Other machines join with", ascii_only=desk.glyphs.is_ascii)
        self._desk = desk
        self._join = tuple(lines)
        self._joined = Lines(ascii_only=self.ascii_only, id="joined")

    @override
    def body(self) -> ComposeResult:
        yield self.lines(*([(masked(line), "accent")] for line in self._join))
        yield self._joined

    def on_mount(self) -> None:
        self._show_joined()
        self.set_interval(1.0, self._show_joined)

    def action_copy(self) -> None:
        self.app.push_screen(CopyText("\n".join(map(printable, self._join))))

    def _show_joined(self) -> None:
        self._joined.show(who_joined(self._desk.store, self._desk.glyphs))
