"""All keys of a page, and what the signs mean."""

from collections.abc import Callable, Iterable, Sequence
from typing import Final

from textual.app import ComposeResult
from textual.binding import Binding
from textual.events import Resize
from typing_extensions import override

from hfdl_tui.dashboard.desk import Desk
from hfdl_tui.dashboard.dialogs.dialog import Dialog
from hfdl_tui.dashboard.filter_line import FilterLine
from hfdl_tui.dashboard.keys import KEYS, Group, Key, keys_on, spoken_keys
from hfdl_tui.dashboard.lines import Lines
from hfdl_tui.dashboard.panes.strips import Strips
from hfdl_tui.dashboard.repo.repo_chooser import RepoInput
from hfdl_tui.dashboard.table import rows_keys
from hfdl_tui.dashboard.view.drawing.spans import Spans
from hfdl_tui.dashboard.view.help_lines import Entry, help_lines, sign_lines

_PANES: Final = Entry("tab shift+tab", "Next pane, the pane before")
_WIDGETS: Final = [
    Entry(spoken_keys(binding.key), binding.tooltip)
    for bindings in (
        rows_keys.BINDINGS,
        Strips.BINDINGS,
        FilterLine.BINDINGS,
        RepoInput.BINDINGS,
    )
    for binding in bindings
    if isinstance(binding, Binding)
]


class _Text(Lines):
    """Wrapped for the width that it gets."""

    def __init__(self, make: Callable[[int], list[Spans]], *, ascii_only: bool) -> None:
        super().__init__(ascii_only=ascii_only)
        self._make = make

    def on_resize(self, event: Resize) -> None:
        self.show(self._make(event.size.width))


class Help(Dialog[None]):
    """Keys that do nothing now are listed, too, with the reason."""

    HINT = ": finds any action by its name · esc closes"
    SCROLLS = True

    def __init__(self, desk: Desk, page: str, why_not: Callable[[str], str | None]) -> None:
        """`why_not` tells of an action why it does nothing now; None when it does something."""
        super().__init__("Keys", ascii_only=desk.glyphs.is_ascii)
        self._desk = desk
        self._page = page
        self._why_not = why_not

    @override
    def body(self) -> ComposeResult:
        yield _Text(self._lines, ascii_only=self.ascii_only)

    def _lines(self, width: int) -> list[Spans]:
        return help_lines(self._groups(), width) + sign_lines(self._desk.glyphs)

    def _groups(self) -> list[tuple[str, Sequence[Entry]]]:
        here = list(keys_on(self._page))
        groups: list[tuple[str, Sequence[Entry]]] = [
            (group, self._entries(key for key in here if key.group is group)) for group in Group
        ]
        groups.append((Group.TABLE, [*_WIDGETS, _PANES]))
        elsewhere = [key for key in KEYS if key not in here]
        return [*groups, ("On other pages", [self._entry(key, "") for key in elsewhere])]

    def _entries(self, keys: Iterable[Key]) -> list[Entry]:
        return [self._entry(key, self._why_not(key.action.partition("(")[0]) or "") for key in keys]

    def _entry(self, key: Key, reason: str) -> Entry:
        """With what the config file made of its keys."""
        return Entry(spoken_keys(self._desk.keymap.get(key.id, key.keys)), key.tip, reason)
