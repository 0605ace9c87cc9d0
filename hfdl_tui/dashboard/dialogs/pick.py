"""Fields of a dialog that are chosen, not typed: one of several, and yes or no."""

from collections.abc import Sequence
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.events import Click
from textual.message import Message
from typing_extensions import override

from hfdl_tui.dashboard.lines import Lines
from hfdl_tui.dashboard.view.drawing.spans import Spans


class Picked(Message):
    """A field has another value now."""


class _Field(Lines, can_focus=True):
    """Brackets and a cross tell what is chosen, on any terminal; the focus turns it over."""

    DEFAULT_CSS = "_Field { text-wrap: nowrap; text-overflow: ellipsis; }"

    def on_mount(self) -> None:
        self.paint()

    @override
    def watch_has_focus(self, _has_focus: bool) -> None:
        super().watch_has_focus(_has_focus)
        self.paint()

    def paint(self) -> None:
        self.show(self.drawn(has_focus=self.has_focus))

    def drawn(self, *, has_focus: bool) -> list[Spans]:
        raise NotImplementedError


class OneOf(_Field):
    """Up and down move through it, and out of it at its ends."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,k", "move(-1)", "the one before", show=False),
        Binding("down,j", "move(1)", "the next one", show=False),
        Binding("space", "turn", "the next one", show=False),
    ]

    def __init__(
        self,
        options: Sequence[tuple[str, str]],
        *,
        ascii_only: bool,
        id: str | None = None,  # noqa: A002 - Textual's own name
    ) -> None:
        """Of each a word and what it means; the first one is chosen."""
        super().__init__(ascii_only=ascii_only, id=id)
        self._options = list(options)
        self._at = 0

    @property
    def value(self) -> str:
        return self._options[self._at][0]

    def choose(self, at: int) -> None:
        if at != self._at:
            self._at = at
            self.paint()
            self.post_message(Picked())

    def action_move(self, by: int) -> None:
        if 0 <= self._at + by < len(self._options):
            self.choose(self._at + by)
        elif by > 0:
            self.screen.focus_next()
        else:
            self.screen.focus_previous()

    def action_turn(self) -> None:
        self.choose((self._at + 1) % len(self._options))

    def on_click(self, event: Click) -> None:
        if 0 <= event.y < len(self._options):
            self.choose(event.y)

    @override
    def drawn(self, *, has_focus: bool) -> list[Spans]:
        wide = max(len(word) for word, _ in self._options)
        on = "fresh" if has_focus else "bold"
        return [
            [
                (f"({'*' if at == self._at else ' '}) ", ""),
                (word, on if at == self._at else ""),
                (f"{' ' * (wide - len(word))}  {meaning}", "" if at == self._at else "dim"),
            ]
            for at, (word, meaning) in enumerate(self._options)
        ]


class Tick(_Field):
    """Space, enter or a click turns it."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("space,enter", "turn", "yes or no", show=False),
    ]

    def __init__(
        self,
        text: str,
        *,
        ascii_only: bool,
        id: str | None = None,  # noqa: A002 - Textual's own name
    ) -> None:
        super().__init__(ascii_only=ascii_only, id=id)
        self._text = text
        self.value = False

    def action_turn(self) -> None:
        self.value = not self.value
        self.paint()
        self.post_message(Picked())

    def on_click(self) -> None:
        self.action_turn()

    @override
    def drawn(self, *, has_focus: bool) -> list[Spans]:
        sign = f"[{'x' if self.value else ' '}] "
        style = "fresh" if has_focus else "bold" if self.value else ""
        return [[(sign, ""), (self._text, style)]]
