"""All keys of a page, and what the signs mean."""

from collections.abc import Iterator

from textual.app import ComposeResult
from textual.containers import VerticalScroll
from typing_extensions import override

from hfdl_core.models import TaskStatus, WorkerState
from hfdl_tui.dashboard.desk import Desk
from hfdl_tui.dashboard.dialogs.dialog import Dialog
from hfdl_tui.dashboard.keys import BY_ACTION, Group, Key, keys_on, spoken_keys
from hfdl_tui.dashboard.view.spans import Spans

_KEY_WIDTH = 12
_TABLE_KEYS = (
    ("↑ ↓ j k", "move; g G first and last, PgUp PgDn a screen"),
    ("space", "mark and move down; a mark all, U unmark all"),
    ("← → h l", "close and open a folder"),
    ("enter", "details, or open"),
    ("tab", "next pane; shift+tab the one before"),
    ("< > I", "sort by the column before or after, turn the order around"),
)


class Help(Dialog[None]):
    """Keys that do nothing now are listed, too, with the reason."""

    DEFAULT_CSS = "Help VerticalScroll { height: auto; max-height: 100%; }"

    def __init__(self, desk: Desk, page: str) -> None:
        super().__init__("Keys", ascii_only=desk.glyphs.is_ascii)
        self._desk = desk
        self._page = page

    @override
    def body(self) -> ComposeResult:
        with VerticalScroll():
            yield self.lines(*self._keys())
        yield self.lines([("esc closes · : finds any action by its name", "dim")])

    def on_mount(self) -> None:
        self.query_one(VerticalScroll).focus()

    def _keys(self) -> Iterator[Spans]:
        on_page = list(keys_on(self._page))
        for group in Group:
            keys = [key for key in on_page if key.group is group]
            if keys:
                yield [(str(group), "bold")]
                yield from (self._line(self._shown(key), key.tip) for key in keys)
        yield [(str(Group.TABLE), "bold")]
        yield from (self._line(shown, tip) for shown, tip in _TABLE_KEYS)
        elsewhere = [key for key in BY_ACTION.values() if key not in on_page]
        yield [("On other pages", "bold")]
        yield from (self._line(self._shown(key), key.tip) for key in elsewhere)
        yield [("Signs", "bold")]
        yield from self._signs()

    def _line(self, shown: str, tip: str) -> Spans:
        return [(f"  {shown:<{_KEY_WIDTH}}", "accent"), (tip, "")]

    def _shown(self, key: Key) -> str:
        """With what the config file made of it."""
        return spoken_keys(self._desk.keymap.get(key.id, key.keys))

    def _signs(self) -> Iterator[Spans]:
        glyphs = self._desk.glyphs
        signs = [glyphs.worker(state) for state in WorkerState]
        signs += [glyphs.task(state) for state in TaskStatus]
        for sign in dict.fromkeys(signs):
            yield [("  ", ""), sign.cell, (f"  {sign.word.lower()}", "")]
        yield [
            (f"  {glyphs.verified} verified  {glyphs.on_disk} on disk  a-z in flight  ", ""),
            (f"{glyphs.waiting} waiting", ""),
        ]
