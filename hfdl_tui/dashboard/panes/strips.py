"""The map of files as something that the keys can go to."""

from dataclasses import dataclass
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.events import Click
from textual.message import Message

from hfdl_tui.dashboard.lines import Lines

_DOUBLE = 2


class Strips(Lines, can_focus=True):
    """Enter, or a double click, leads to the tasks that run."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "enter",
            "choose",
            "running tasks",
            show=False,
            id="map_choose",
            tooltip="On the map: to the tasks that run",
        )
    ]
    DEFAULT_CSS = "Strips { height: 1fr; }"

    @dataclass
    class Chosen(Message):
        strips: "Strips"

    def action_choose(self) -> None:
        self.post_message(self.Chosen(self))

    def on_click(self, event: Click) -> None:
        if event.chain == _DOUBLE:
            self.action_choose()
