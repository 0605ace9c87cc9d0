"""The line above a table into which a filter is typed; hidden while there is none."""

from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.widgets import Input
from typing_extensions import override


class FilterLine(Input):
    """Tells by `Input.Changed`; enter and the arrow down go back to the table, whose page does so.

    Escape is the page's: it calls `close`.
    """

    DEFAULT_CSS = """
    FilterLine { height: 1; border: none; padding: 0 1; background: $surface; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "down",
            "submit",
            "to the table",
            show=False,
            id="filter.down",
            tooltip="In a filter: back to the table",
        )
    ]

    def __init__(self, what: str) -> None:
        """`what` says in a few words which texts are looked at."""
        super().__init__(placeholder=f"filter {what}; !x not, re:x a regular expression")
        self.display = False

    @override
    def allow_focus(self) -> bool:
        """Textual would give the focus of a new page to a line that is hidden."""
        return self.display

    @property
    def is_open(self) -> bool:
        return self.display

    def open(self) -> None:
        self.display = True
        self.screen.set_focus(self)  # at once: what is typed on is for this line

    def close(self) -> None:
        """Without a filter."""
        self.value = ""
        self.display = False
