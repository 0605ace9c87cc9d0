"""The bottom line: what the keys do here, or for a moment what an action did."""

import re
from typing import ClassVar, Final

from textual.binding import ActiveBinding
from textual.events import Click
from textual.timer import Timer
from textual.widgets import Input

from hfdl_tui.dashboard.desk import Desk
from hfdl_tui.dashboard.keys import BY_ID, spoken_keys
from hfdl_tui.dashboard.lines import Lines
from hfdl_tui.dashboard.view.drawing.spans import Span, Spans, cut, width_of

_GOOD_SECONDS: Final = 5.0
_BAD_SECONDS: Final = 10.0
_NO_LETTER: Final = re.compile(r"ctrl\+.+|f\d+")
_ALWAYS: Final = ("help", "palette", "leave")


class KeyLine(Lines):
    """Verbs that do nothing now are dim; a click on a verb is its key."""

    DEFAULT_CSS: ClassVar[str] = "KeyLine { dock: bottom; height: 1; }"

    def __init__(self, desk: Desk) -> None:
        super().__init__(ascii_only=desk.glyphs.is_ascii, id="keys")
        self._desk = desk
        self._told: Span | None = None
        self._told_until: Timer | None = None
        self._clickable: list[tuple[int, int, str]] = []

    def show_keys(self) -> None:
        if not self.is_attached:
            return  # the screen is being taken down
        if self._told is not None:
            self._clickable = []
            self.show([[(" ", ""), *cut([self._told], self.app.size.width - 1)]])
            return
        self.show([self._keys(self.app.size.width)])

    def tell(self, text: str, *, is_bad: bool) -> None:
        """In place of the keys for some seconds."""
        if self._told_until is not None:
            self._told_until.stop()
        self._told = (text, "failed" if is_bad else "accent")
        self._told_until = self.set_timer(_BAD_SECONDS if is_bad else _GOOD_SECONDS, self._forget)
        self.show_keys()

    async def on_click(self, event: Click) -> None:
        for begin, end, action in self._clickable:
            if begin <= event.x < end:
                await self.screen.run_action(action)

    def _forget(self) -> None:
        self._told = None
        self.show_keys()

    def _keys(self, width: int) -> Spans:
        verbs = self._verbs()
        last = [verbs.pop(name) for name in _ALWAYS if name in verbs]
        spans: Spans = []
        self._clickable = []
        room = width - 1 - sum(width_of([verb]) + 2 for verb, _ in last)
        for verb, action in verbs.values():
            if width_of(spans) + width_of([verb]) + 2 <= room:
                self._add(spans, verb, action)
        for verb, action in last:
            self._add(spans, verb, action)
        return spans

    def _add(self, spans: Spans, verb: Span, action: str) -> None:
        begin = width_of(spans) + (2 if spans else 1)
        spans += [("  " if spans else " ", ""), verb]
        self._clickable.append((begin, width_of(spans), action))

    def _verbs(self) -> dict[str, tuple[Span, str]]:
        """By the id of the key: what is written, and the action."""
        active = {
            bound.binding.id: bound
            for bound in self.screen.active_bindings.values()
            if bound.binding.show and bound.binding.id in BY_ID
        }
        if not isinstance(self.screen.focused, Input):
            return {name: self._verb(bound) for name, bound in active.items()}
        verbs: dict[str, tuple[Span, str]] = {}
        for name in dict.fromkeys([*active, *_ALWAYS]):  # those that leave do so everywhere
            key = self._key_beside_typing(name)
            if key is not None:
                is_dim = name in active and not active[name].enabled
                text = f"{key} {BY_ID[name].label}"
                verbs[name] = ((text, "dim" if is_dim else ""), BY_ID[name].action)
        return verbs

    def _key_beside_typing(self, name: str) -> str | None:
        """Of its keys one that is no letter where letters are typed."""
        keys = self._desk.keymap.get(name, BY_ID[name].keys).split(",")
        return next((spoken_keys(key) for key in keys if _NO_LETTER.fullmatch(key.strip())), None)

    def _verb(self, bound: ActiveBinding) -> tuple[Span, str]:
        key = bound.binding.key_display or self.app.get_key_display(bound.binding)
        style = "" if bound.enabled else "dim"
        return (f"{key} {bound.binding.description}", style), bound.binding.action
